// A client: every operation as a method, made from the table of routes.

import { type ClientOptions, Connection, type Request } from "./connection.js";
import { type Operations, routes } from "./generated/operations.js";
import type { CallOptions } from "./shape.js";
import { followUpdates, type Update, type UpdatesInput } from "./updates.js";

/** Everything that can be asked of paydesk. Each method stands alone: it may be passed around without the client. */
export interface Client extends Operations {
  /**
   * Follow what changes
   *
   * The updates of a user as they happen, without an end: a stream that breaks off is opened again, and nothing is
   * missed. Stop with `break`, or by the signal. Throws what the server refuses, such as a token that is not good.
   */
  streamUpdates(input?: UpdatesInput, options?: Pick<CallOptions, "signal">): AsyncGenerator<Update, void, undefined>;
}

type Values = Record<string, unknown>;

/** Makes a client. It keeps no connection and no state, so there may be one for each request or one for all. */
export function createClient(options: ClientOptions): Client {
  const connection = new Connection(options);
  const calls = Object.entries(routes).map(([name, route]) => [name, caller(connection, route)]);
  return {
    ...(Object.fromEntries(calls) as Operations),
    streamUpdates: (input, { signal } = {}) => followUpdates(connection, input ?? {}, signal),
  };
}

function caller(connection: Connection, route: string) {
  return async (input: Values = {}, options: CallOptions = {}): Promise<unknown> => {
    const { text, contentType } = await connection.send(makeRequest(route, input, options));
    if (text === "") return undefined;
    return contentType.startsWith("application/json") ? JSON.parse(text) : text;
  };
}

/** Puts every value where the route says it belongs: into the path, the query, the headers; what is left is the body. */
export function makeRequest(route: string, input: Values, options: CallOptions): Request {
  const [method = "", target = "", body] = route.split(" ");
  const [, path = "", queryNames = "", headerNames = ""] = /^([^?#]*)\??([^#]*)#?(.*)$/.exec(target) ?? [];
  const left = new Map(Object.entries(input));
  const take = (name: string) => {
    const value = left.get(name);
    left.delete(name);
    return value;
  };
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => inPath(name, take(name)));
  const query = new URLSearchParams();
  for (const name of queryNames.split(",")) {
    const value = take(name);
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  const headers: Record<string, string> = { accept: "application/json, text/csv" };
  for (const name of headerNames.split(",").filter(Boolean)) {
    headers[name] = String(take(name.toLowerCase().replaceAll("-", "_")));
  }
  if (method === "POST") headers["idempotency-key"] = options.idempotencyKey ?? newKey();
  if (body) headers["content-type"] = "application/json";
  const { signal } = options;
  return {
    method,
    address: query.size > 0 ? `${address}?${query}` : address,
    headers,
    body: body ? JSON.stringify(Object.fromEntries(left)) : undefined,
    signal,
  };
}

/** An empty part would name another address. Some things are named by a number. */
function inPath(name: string, value: unknown): string {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== "string" || text === "" || /^\.\.?$/.test(text)) {
    throw new TypeError(`\`${name}\` must be a text or a whole number that names something`);
  }
  return encodeURIComponent(text);
}

/**
 * A key that nobody else has: the time, which lets the server find it quickly among very many, and 128 random bits.
 * `crypto.randomUUID` is not there on pages without https, and begins with nothing.
 */
export function newKey(): string {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
  return Date.now().toString(16).padStart(12, "0") + random.join("");
}
