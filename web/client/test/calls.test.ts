import { entries, isProblem, type OrderOut, ProblemError, pages, type Wallet } from "@paydesk/client";
import { expect, test } from "vitest";

import { json, problem, scripted } from "./server.js";

const wallet = { user_id: "ada", balance: 7, held: 0, owed: 0, frozen: false };

test("path, query and body come from one input", async () => {
  const { client, requests } = scripted([json(wallet), json({ transfer_id: "t" })]);
  const read: Wallet = await client.readCredits({ user_id: "a/b", key_id: "key 1" });
  expect(read.balance).toBe(7);
  await client.spendCredits({ user_id: "ada", amount: 5, reason: "one song" }, { idempotencyKey: "mine" });

  const [reading, spending] = requests as [Request, Request];
  expect(reading.url).toBe("https://pay.example.com/api/financial/credits/a%2Fb?key_id=key+1");
  expect(reading.headers.get("authorization")).toBe("Bearer token_of_ada");
  expect(reading.headers.has("idempotency-key")).toBe(false);
  expect(reading.body).toBeNull();
  expect(spending.method).toBe("POST");
  expect(spending.headers.get("idempotency-key")).toBe("mine");
  expect(await spending.json()).toEqual({ amount: 5, reason: "one song" });
});

test("headers are inputs too, and an operation without a body sends none", async () => {
  const { client, requests } = scripted([json({}), json({})]);
  await client.replaceSeededData({ name: "widget", if_match: '"3"', value: { theme: "dark" } });
  await client.revokeKey({ key_id: "key_1" });

  const [replacing, revoking] = requests as [Request, Request];
  expect(replacing.headers.get("if-match")).toBe('"3"');
  expect(await replacing.json()).toEqual({ value: { theme: "dark" } });
  expect(await revoking.text()).toBe("");
});

test("an answer may be empty, or a table", async () => {
  const table = new Response("at,amount\n", { headers: { "content-type": "text/csv; charset=utf-8" } });
  const { client } = scripted([new Response(null, { status: 204 }), table]);
  expect(await client.removeTopUp({ user_id: "ada" })).toBeUndefined();
  expect(await client.downloadCreditHistory({ user_id: "ada" })).toBe("at,amount\n");
});

test("a part of the path that names nothing is refused before anything is sent", async () => {
  const { client, requests } = scripted([]);
  await expect(client.readOrder({ order_id: "" })).rejects.toThrow("`order_id`");
  await expect(client.readOrder({ order_id: ".." })).rejects.toThrow("`order_id`");
  expect(requests).toEqual([]);
});

test("what is named by a number is found by it, and by nothing that is no whole number", async () => {
  const { client, requests } = scripted([json({})]);
  await client.readLedgerTransfer({ position: 4711 });
  expect(requests.map((request) => new URL(request.url).pathname)).toEqual(["/api/ledger/transfers/4711"]);
  for (const position of [Number.NaN, 1.5, Number.POSITIVE_INFINITY]) {
    await expect(client.readLedgerTransfer({ position })).rejects.toThrow("`position`");
  }
});

test("the token is asked for anew before every attempt", async () => {
  let given = 0;
  const { client, requests } = scripted([problem("unavailable", 503), json(wallet)], {
    token: async () => `token_${++given}`,
  });
  await client.readCredits({ user_id: "ada" });
  expect(requests.map((request) => request.headers.get("authorization"))).toEqual(["Bearer token_1", "Bearer token_2"]);
});

test("a token that cannot be had is the caller's own error", async () => {
  const lost = new Error("signed out");
  const { client, requests } = scripted([], { token: () => Promise.reject(lost) });
  await expect(client.readCredits({ user_id: "ada" })).rejects.toBe(lost);
  expect(requests).toEqual([]);
});

test("a refusal is told by its code, with what its kind adds", async () => {
  const { client, requests } = scripted([problem("insufficient_credits", 402, { balance: 3, field: "amount" })]);
  const error = await client
    .spendCredits({ user_id: "ada", amount: 5, reason: "song" })
    .catch((error: unknown) => error);
  expect(isProblem(error, "insufficient_credits")).toBe(true);
  expect(isProblem(error, "wallet_frozen")).toBe(false);
  if (!isProblem(error)) throw error;
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).toMatchObject({
    type: "/problems/insufficient_credits",
    status: 402,
    field: "amount",
    document: { balance: 3 },
  });
  expect(requests).toHaveLength(1);
});

test("what is no problem document is still an error with a status", async () => {
  const { client } = scripted([new Response("<h1>Bad gateway</h1>", { status: 403, statusText: "Forbidden" })]);
  await expect(client.listOrders()).rejects.toMatchObject({
    status: 403,
    code: "unexpected_answer",
    message: "Forbidden",
  });
});

test("every list can be read page by page", () => {
  const { client } = scripted([]);
  const one = { user_id: "ada" };
  const lists = [
    entries(client.listCreditHistory, one),
    entries(client.listDisputes, {}),
    entries(client.listEvents, {}),
    entries(client.listFraudWarnings, {}),
    entries(client.listHolds, one),
    entries(client.listKeys, {}),
    entries(client.listNotices, {}),
    entries(client.listOrderChanges, { order_id: "ord_1" }),
    entries(client.listOrders, {}),
    entries(client.listPurchases, {}),
    entries(client.listRefunds, {}),
    entries(client.listSeededData, {}),
    entries(client.listSubscriptionInvoices, one),
    entries(client.listWebhookDeliveries, { endpoint_id: "end_1" }),
    entries(client.listWebhookEndpoints, {}),
  ];
  // That it compiles is the point: `next` of a page is what `after` of the same list takes.
  expect(lists).toHaveLength(15);
});

test("a list of any length is read page by page", async () => {
  const order = (order_id: string) => ({ order_id }) as OrderOut;
  const script = () => [json({ data: [order("1"), order("2")], next: "here" }), json({ data: [order("3")] })];
  const { client, requests } = scripted([...script(), ...script()]);
  const seen: string[] = [];
  for await (const { order_id } of entries(client.listOrders, { status: "paid", limit: 2 })) seen.push(order_id);
  expect(seen).toEqual(["1", "2", "3"]);
  expect(requests.map((request) => new URL(request.url).search)).toEqual([
    "?limit=2&status=paid",
    "?limit=2&after=here&status=paid",
  ]);

  for await (const page of pages(client.listOrders, {})) {
    expect(page.data).toHaveLength(2);
    break;
  }
  expect(requests, "nothing is read that nobody asked for").toHaveLength(3);
});
