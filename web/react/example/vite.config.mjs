import { defineConfig } from "vite";

export default defineConfig({ build: { emptyOutDir: true, modulePreload: { polyfill: false } } });
