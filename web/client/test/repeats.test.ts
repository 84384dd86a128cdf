import { ConnectionError, isInDoubt, ProblemError } from "@paydesk/client";
import { expect, test } from "vitest";

import { json, problem, scripted } from "./server.js";

const spend = { user_id: "ada", amount: 5, reason: "song" };
const keysOf = (requests: Request[]) => requests.map((request) => request.headers.get("idempotency-key"));

test("what may pass is repeated under one key, with growing pauses", async () => {
  const { client, requests, pauses } = scripted([
    new TypeError("fetch failed"),
    problem("internal", 500),
    problem("stripe_unavailable", 502),
    json({ transfer_id: "t" }),
  ]);
  await client.spendCredits(spend);
  const keys = keysOf(requests);
  expect(keys).toHaveLength(4);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{44}$/);
  for (const [index, longest] of [500, 1000, 2000].entries()) {
    expect(pauses[index]).toBeGreaterThanOrEqual(longest / 2);
    expect(pauses[index]).toBeLessThanOrEqual(longest);
  }
});

test("every action has a key of its own", async () => {
  const { client, requests } = scripted([json({}), json({})]);
  await client.spendCredits(spend);
  await client.spendCredits(spend);
  expect(new Set(keysOf(requests)).size).toBe(2);
});

test("Retry-After is waited for, as seconds and as a moment", async () => {
  const moment = new Date(Date.now() + 10_000).toUTCString();
  const { client, pauses } = scripted([
    problem("rate_limited", 429, {}, { "retry-after": "7" }),
    problem("unavailable", 503, {}, { "retry-after": moment }),
    json({}),
  ]);
  await client.spendCredits(spend);
  expect(pauses[0]).toBe(7000);
  expect(pauses[1]).toBeGreaterThan(8_000);
  expect(pauses[1]).toBeLessThanOrEqual(10_000);
});

test("a server that wants too much patience is left to the caller", async () => {
  const { client, requests } = scripted([problem("rate_limited", 429, {}, { "retry-after": "600" })]);
  const error = await client.spendCredits(spend).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "rate_limited", retryAfterSeconds: 600 });
  expect(isInDoubt(error)).toBe(true);
  expect(requests).toHaveLength(1);
});

test("a 409 is repeated while the same action is under way, and final otherwise", async () => {
  const busy = problem("idempotency_key_in_use", 409, {}, { "retry-after": "1" });
  const waiting = scripted([busy, json({ transfer_id: "t" })]);
  await waiting.client.spendCredits(spend);
  expect(waiting.pauses).toEqual([1000]);

  const final = scripted([problem("wallet_frozen", 409)]);
  const error = await final.client.spendCredits(spend).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ProblemError);
  expect(isInDoubt(error)).toBe(false);
  expect(final.pauses).toEqual([]);
});

test("patience has an end, and the last word is thrown", async () => {
  const { client, requests } = scripted([new TypeError("down"), new TypeError("down"), new TypeError("down")], {
    retriesMax: 2,
  });
  const error = await client.readEntitlements({ user_id: "ada" }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ cause: new TypeError("down") });
  expect(isInDoubt(error)).toBe(true);
  expect(requests).toHaveLength(3);
});

test("an answer that breaks off is asked for again", async () => {
  const broken = new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"bal'));
        controller.error(new TypeError("terminated"));
      },
    }),
    { headers: { "content-type": "application/json" } },
  );
  const { client } = scripted([broken, json({ balance: 7 })]);
  expect(await client.readCredits({ user_id: "ada" })).toEqual({ balance: 7 });
});

test("a server that does not answer in time is unreachable", async () => {
  const never = (request: Request) =>
    new Promise<Response>((_, fail) => request.signal.addEventListener("abort", () => fail(request.signal.reason)));
  const { client } = scripted([never], { timeoutMs: 1, retriesMax: 0 });
  const error = await client.listProducts().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ message: "The server took too long" });
});

test("a caller who gives up is told so, and nothing is repeated", async () => {
  const controller = new AbortController();
  const leave = () => {
    controller.abort(new Error("left the page"));
    throw new TypeError("aborted");
  };
  const { client, requests } = scripted([leave]);
  await expect(client.listProducts({}, { signal: controller.signal })).rejects.toThrow("left the page");
  expect(requests).toHaveLength(1);
});
