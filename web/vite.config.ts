import { defineConfig } from "vite";

const server = "http://127.0.0.1:8765";

export default defineConfig({
  build: {
    outDir: "../src/tunelens/web/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // a strict policy of content lets no script or style be inline
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/api": { target: server, ws: true }, "/rest": server } },
});
