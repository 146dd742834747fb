// The tests of web/ as plain JavaScript for `node --test`: Node 20 reads no TypeScript.
import {readdirSync} from "node:fs";
import {defineConfig} from "vite";

const tests = readdirSync("test").filter((name) => name.endsWith(".test.ts"));

export default defineConfig({
  build: {
    ssr: true,
    outDir: process.env["LODE_WEB_OUT"] ?? "../build/web-tests",
    emptyOutDir: true,
    target: "node20",
    rolldownOptions: {input: tests.map((name) => `test/${name}`)},
  },
});
