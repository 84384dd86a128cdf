// What the components weigh in a page that uses all of them, without React: minified and compressed, with the client.

import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const BYTES_MAX = 25 * 1024;
const react = path.resolve(import.meta.dirname, "../react");

const [{ output }] = await build({
  root: react,
  logLevel: "error",
  build: {
    write: false,
    minify: true,
    lib: { entry: path.join(react, "dist/index.js"), formats: ["es"] },
    rollupOptions: { external: [/^react($|\/)/] },
  },
});
const bytes = output.reduce((sum, chunk) => sum + gzipSync(chunk.code ?? chunk.source, { level: 9 }).length, 0);
const said = `@paydesk/react weighs ${bytes} bytes compressed, of ${BYTES_MAX}`;
if (bytes > BYTES_MAX) {
  console.error(said);
  process.exit(1);
}
console.log(said);
