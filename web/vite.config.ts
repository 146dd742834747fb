// One HTML file with everything inside: what a browser would fetch is put where it is asked for.
import {defineConfig, type Plugin} from "vite";

function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = Object.values(bundle).find((file) => file.fileName.endsWith(".html"));
      if (page?.type !== "asset") throw new Error("there is no page in the bundle");
      let html = String(page.source);
      for (const [name, file] of Object.entries(bundle)) {
        if (file === page) continue;
        const source = file.type === "chunk" ? file.code : String(file.source);
        const tag = file.type === "chunk" ?
            new RegExp(`<script[^>]*src="[^"]*${file.fileName}"[^>]*></script>`) :
            new RegExp(`<link[^>]*href="[^"]*${file.fileName}"[^>]*>`);
        if (!tag.test(html)) throw new Error(`the page does not ask for ${file.fileName}`);
        const whole = file.type === "chunk" ?
            `<script type="module">${source.trim().replaceAll("</script", "<\\/script")}</script>` :
            `<style>${source.trim()}</style>`;
        if (file.type === "chunk") {
          // At the end of the body, where the JSON has been read.
          html = html.replace(tag, "").replace("</body>", () => `${whole}\n</body>`);
        } else {
          html = html.replace(tag, () => whole);
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
