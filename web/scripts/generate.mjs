// Writes client/src/generated from the committed OpenAPI document; with --check it only says what is stale.
//
// Three files: `schema.ts`, the document's types as openapi-typescript makes them; `operations.ts`, one method and one
// route for each operation an application calls; `problems.ts`, the codes of all problems.

import fs from "node:fs";
import path from "node:path";
import openapiTypes, { astToString } from "openapi-typescript";

const root = path.resolve(import.meta.dirname, "..");
const source = path.resolve(root, "../docs/openapi.json");
const folder = path.join(root, "client/src/generated");
const HEADER = "// Generated from docs/openapi.json by `npm run generate`. Not to be edited.\n\n";

/** Second addresses of one handler; a client needs the first alone. */
const ALIASES = ["create_payments_checkout_session", "checkout_credits"];
/** Called by Stripe, by edges and by whoever watches the server. */
const TAGS_OF_MACHINES = ["webhooks", "operations"];
/** What is read as one answer. Pages are for people, and the stream of updates is read by hand-written code. */
const ANSWERS = ["application/json", "text/csv"];

const document = JSON.parse(fs.readFileSync(source, "utf8"));
const files = {
  "schema.ts": await schema(),
  "operations.ts": operations(),
  "problems.ts": problems(),
};

const stale = Object.entries(files).filter(([name, text]) => text !== onDisk(name));
if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    console.error(`stale: ${stale.map(([name]) => name).join(", ")}. Write it anew with \`npm run generate\` in web/.`);
    process.exit(1);
  }
} else {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, text] of stale) fs.writeFileSync(path.join(folder, name), text);
  console.log(stale.length === 0 ? "nothing to write" : `wrote ${stale.map(([name]) => name).join(", ")}`);
}

function onDisk(name) {
  const file = path.join(folder, name);
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

async function schema() {
  const tree = await openapiTypes(document, {
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    defaultNonNullable: false,
    emptyObjectsUnknown: true,
  });
  return HEADER + astToString(tree);
}

function operations() {
  const called = Object.entries(document.paths)
    .flatMap(([address, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ address, method, operation })),
    )
    .filter(({ operation }) => isCalledByApplications(operation))
    .sort((one, other) => (one.operation.operationId < other.operation.operationId ? -1 : 1));
  const routes = called.map(
    ({ address, method, operation }) =>
      `  ${camel(operation.operationId)}: ${JSON.stringify(route(address, method, operation))},\n`,
  );
  return `${HEADER}import type { CallOptions, Input, Output } from "../shape.js";

/** Method and address of every operation; its query parameters after \`?\`, its headers after \`#\`, \`{}\` where it takes a body. */
export const routes = {
${routes.join("")}} as const;

/** Every operation that an application calls. */
export interface Operations {
${called.map(({ operation }) => signature(operation)).join("\n")}}
`;
}

function isCalledByApplications({ operationId, tags, responses }) {
  if (!operationId || ALIASES.includes(operationId) || tags.some((tag) => TAGS_OF_MACHINES.includes(tag))) return false;
  return Object.keys(success(responses).content ?? {}).every((kind) => ANSWERS.includes(kind));
}

function success(responses) {
  return Object.entries(responses).find(([status]) => status.startsWith("2"))[1];
}

function parameters(operation) {
  return (operation.parameters ?? []).map(({ $ref, ...own }) =>
    $ref ? document.components.parameters[$ref.split("/").at(-1)] : own,
  );
}

/** `PUT /api/seeded-data/{name}?user_id#If-Match {}`, the braces where the operation takes a body. */
function route(address, method, operation) {
  const named = (place) =>
    parameters(operation)
      .filter((parameter) => parameter.in === place && parameter.name !== "Idempotency-Key")
      .map(({ name }) => name);
  refuseCollisions(operation);
  const [query, headers] = [named("query"), named("header")];
  const rest = (query.length ? `?${query}` : "") + (headers.length ? `#${headers}` : "");
  return `${method.toUpperCase()} ${address}${rest}${bodyOf(operation) ? " {}" : ""}`;
}

/** Parameters and the body's members are given as one object, so they must differ in name. */
function refuseCollisions(operation) {
  const body = bodyOf(operation);
  const members = [...parameters(operation).map(({ name }) => inputName(name)), ...Object.keys(body?.properties ?? {})];
  const twice = members.filter((name, index) => members.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`${operation.operationId} has two inputs named ${twice}`);
  if (body && !body.properties) throw new Error(`${operation.operationId} takes a body that is no object`);
}

function bodyOf(operation) {
  const $ref = operation.requestBody?.content["application/json"]?.schema.$ref;
  return $ref && document.components.schemas[$ref.split("/").at(-1)];
}

function inputName(name) {
  return name.toLowerCase().replaceAll("-", "_");
}

function signature(operation) {
  const { operationId } = operation;
  const required =
    parameters(operation).some(({ name, required }) => required && name !== "Idempotency-Key") ||
    (bodyOf(operation)?.required ?? []).length > 0;
  const type = JSON.stringify(operationId);
  const text = [operation.summary, operation.description].filter(Boolean).join("\n\n");
  const comment = text.split("\n").map((line) => `   * ${line}`.trimEnd().replaceAll("*/", "*\\/"));
  return `  /**\n${comment.join("\n")}\n   */\n  ${camel(operationId)}(input${required ? "" : "?"}: Input<${type}>, options?: CallOptions): Promise<Output<${type}>>;\n`;
}

function camel(name) {
  return name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
}

function problems() {
  const codes = document.components.schemas.Problem.properties.code["x-known-codes"];
  return `${HEADER}/** The codes of problems that this release of paydesk knows. A later one may know more. */
export type ProblemCode =
${codes.map((code) => `  | ${JSON.stringify(code)}`).join("\n")};
`;
}
