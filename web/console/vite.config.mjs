import { defineConfig } from "vite";

/** Where `vite` finds a paydesk to talk to while the console is worked on. */
const paydesk = process.env.PAYDESK ?? "http://127.0.0.1:9002";

export default defineConfig({
  base: "/console/",
  build: {
    outDir: "built/dist",
    emptyOutDir: true,
    // Small files too stay files: the policy of the page knows no `data:` and no inline text.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The directive is for servers that render; here is none.
    rollupOptions: {
      input: ["index.html", "account.html"],
      onwarn: (warning, warn) => warning.code !== "MODULE_LEVEL_DIRECTIVE" && warn(warning),
    },
  },
  server: { proxy: { "/api": paydesk, "/assets": paydesk } },
});
