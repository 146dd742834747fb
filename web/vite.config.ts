// One HTML file with everything inside: what a browser would fetch is put where it is asked for,
// and the licences of whatever is in it stand at its end.
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {defineConfig, type Plugin} from "vite";

/** The licences of packages some of whose code is in the page, each text once. */
function licencesOf(modules: string[]): string {
  const byText = new Map<string, string[]>();
  const folders = new Set(
      modules.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  for (const folder of [...folders].sort()) {
    const name = /node_modules\/(.*)$/.exec(folder)?.[1] ?? folder;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} has no licence`);
    const text = readFileSync(join(folder, file), "utf8").trim().replaceAll("--", "- -");
    byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  return [...byText].map(([text, names]) => `${names.join(", ")}:\n\n${text}`).join("\n\n");
}

function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = Object.values(bundle).find((file) => file.fileName.endsWith(".html"));
      if (page?.type !== "asset") throw new Error("there is no page in the bundle");
      let html = String(page.source);
      const put = (asked: RegExp, whole: string, name: string) => {
        if (!asked.test(html)) throw new Error(`the page does not ask for ${name}`);
        html = html.replace(asked, () => whole);
      };
      for (const [name, file] of Object.entries(bundle)) {
        if (file === page) continue;
        if (file.type === "chunk") {
          const code = file.code.trim().replaceAll("</script", "<\\/script");
          const used = Object.entries(file.modules).filter(([, m]) => m.renderedLength > 0);
          put(new RegExp(`<script[^>]*src="[^"]*${name}"[^>]*></script>`), "", name);
          // At the end of the body, where the JSON has been read.
          put(/<\/body>/, `<script type="module">${code}</script>\n</body>`, "a script");
          html += `<!--\n${licencesOf(used.map(([path]) => path))}\n-->\n`;
        } else {
          const style = `<style>${String(file.source).trim()}</style>`;
          put(new RegExp(`<link[^>]*href="[^"]*${name}"[^>]*>`), style, name);
        }
        delete bundle[name];
      }
      page.source = html;
    },
  };
}

export default defineConfig({
  base: "./",
  build: {
    outDir: process.env["LODE_WEB_OUT"] ?? "built",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: "report.html",
      output: {entryFileNames: "page.js", assetFileNames: "page.[ext]", codeSplitting: false}
    },
  },
  plugins: [oneFile()],
});
