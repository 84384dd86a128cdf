// What is published, as it is published: packed, laid out as npm would, and used by a program of somebody else.
//
// `publint` reads the packages; TypeScript compiles the consumer in both ways in which programs look for modules; Node runs
// it, on the server's side, where there is no document.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = path.resolve(import.meta.dirname, "..");
const consumer = path.join(root, "artifacts/consumer");
fs.rmSync(consumer, { recursive: true, force: true });
fs.mkdirSync(consumer, { recursive: true });

for (const name of ["client", "react"]) {
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", consumer, "-w", `@paydesk/${name}`], root),
  );
  const foreign = packed.files
    .map((file) => file.path)
    .filter((file) => !/^(dist\/|package\.json$|README\.md$|styles\.css$|LICENSE$)/.test(file));
  if (foreign.length > 0) fail(`${name} packs ${foreign}`);
  const folder = path.join(consumer, "node_modules/@paydesk", name);
  fs.mkdirSync(folder, { recursive: true });
  run("tar", ["-xzf", path.join(consumer, packed.filename), "-C", folder, "--strip-components=1"], root);
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const { messages } = await publint({ pkgDir: folder, level: "suggestion", strict: true, pack: false });
  for (const message of messages) console.error(`${name}: ${formatMessage(message, manifest)}`);
  if (messages.length > 0) fail(`publint has something to say about ${name}`);
}

const manifest = JSON.parse(fs.readFileSync(path.join(consumer, "node_modules/@paydesk/client/package.json"), "utf8"));
if (manifest.dependencies) fail("the client has dependencies");

fs.writeFileSync(path.join(consumer, "package.json"), '{"type": "module", "private": true}');
fs.writeFileSync(
  path.join(consumer, "uses.tsx"),
  `import { createClient, entries, isProblem, type OrderOut } from "@paydesk/client";
import { CreditBalance, PaydeskProvider, useCredits } from "@paydesk/react";
import { createElement } from "react";
import { renderToString } from "react-dom/server";

const client = createClient({ baseUrl: "https://pay.example.com", token: async () => "token" });
export async function paid(): Promise<OrderOut[]> {
  const orders: OrderOut[] = [];
  for await (const order of entries(client.listOrders, { status: "paid" })) orders.push(order);
  return orders;
}
export async function spend(): Promise<number> {
  try {
    const changed = await client.spendCredits({ user_id: "ada", amount: 5, reason: "one song" });
    // @ts-expect-error An amount is a number.
    await client.spendCredits({ user_id: "ada", amount: "5", reason: "one song" });
    return changed.balance;
  } catch (error) {
    if (isProblem(error, "insufficient_credits")) return error.status;
    // @ts-expect-error There is no such problem.
    if (isProblem(error, "insufficient_credit")) return 0;
    throw error;
  }
}
export function Balance() {
  const { data } = useCredits();
  return createElement("b", null, data?.balance);
}
const below = createElement("main", null, createElement(CreditBalance), createElement(Balance));
const html = renderToString(createElement(PaydeskProvider, { client, userId: "ada", children: below }));
if (!html.includes("Loading")) throw new Error(html);
`,
);
for (const [module, moduleResolution] of [
  ["nodenext", "nodenext"],
  ["preserve", "bundler"],
]) {
  const options = {
    module,
    moduleResolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    types: [],
    outDir: "out",
  };
  const config = path.join(consumer, `tsconfig.${moduleResolution}.json`);
  fs.writeFileSync(config, JSON.stringify({ compilerOptions: options, files: ["uses.tsx"] }));
  run("node", [path.join(root, "node_modules/typescript/bin/tsc"), "-p", config], consumer);
}
run("node", ["out/uses.js"], consumer);
console.log("both packages are sound as they are packed");

function run(program, words, cwd) {
  try {
    return execFileSync(program, words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  } catch (error) {
    if (error.stdout) console.error(error.stdout);
    return fail(`${program} ${words.join(" ")} failed`);
  }
}

function fail(why) {
  console.error(why);
  process.exit(1);
}
