import { defineConfig } from "vite";

const server = "http://127.0.0.1:8765";

// what draws the map is shared with the map of one file, see docs/decisions
const map = decodeURIComponent(new URL("../src/tunelens/services/templates/map", import.meta.url).pathname);

export default defineConfig({
  resolve: { alias: { "@map": map } },
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
