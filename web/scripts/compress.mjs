// What was built, as it is sent: each file compressed beside itself, and nothing heavier than promised.

import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

/** What a browser loads before a page shows something: the page, its script and its style. */
const FIRST_LOAD_BYTES_MAX = 180 * 1024;
const built = path.resolve(import.meta.dirname, "../console/built/dist");

const names = fs.readdirSync(built, { recursive: true }).filter((name) => /\.(html|js|css|svg)$/.test(name));
const sizes = new Map();
for (const name of names) {
  const packed = gzipSync(fs.readFileSync(path.join(built, name)), { level: 9 });
  fs.writeFileSync(path.join(built, `${name}.gz`), packed);
  sizes.set(name, packed.length);
}
for (const page of ["index.html", "account.html"]) {
  const text = fs.readFileSync(path.join(built, page), "utf8");
  const first = [page, ...names.filter((name) => text.includes(name))];
  const bytes = first.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  const said = `the first load of ${page} weighs ${bytes} bytes compressed, of ${FIRST_LOAD_BYTES_MAX}`;
  if (bytes > FIRST_LOAD_BYTES_MAX) {
    console.error(said);
    process.exit(1);
  }
  console.log(said);
}
