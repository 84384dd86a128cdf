import type { Update } from "@paydesk/client";
import { expect, test } from "vitest";

import { problem, scripted, stream } from "./server.js";

const wallet = (balance: number) => ({ balance, held: 0, owed: 0, frozen: false });
const told = (id: number, type: string, data: unknown) =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

/** The first updates of a stream. */
async function take(updates: AsyncIterable<Update>, count: number): Promise<Update[]> {
  const taken: Update[] = [];
  for await (const update of updates) {
    taken.push(update);
    if (taken.length === count) break;
  }
  return taken;
}

test("updates are told as they come, in whatever pieces", async () => {
  const text = `retry: 1000\n\n${told(1, "wallet", wallet(3))}: nothing new\n\n${told(2, "order", { order_id: "o", status: "paid" })}`;
  const { client, requests } = scripted([stream(...text.replaceAll("\n", "\r\n"))]);
  expect(await take(client.streamUpdates(), 2)).toEqual([
    { type: "wallet", data: wallet(3), id: "1" },
    { type: "order", data: { order_id: "o", status: "paid" }, id: "2" },
  ]);
  expect(requests[0]?.headers.get("accept")).toBe("text/event-stream");
  expect(requests[0]?.headers.get("authorization")).toBe("Bearer token_of_ada");
});

test("a stream that ends goes on after what was seen", async () => {
  const { client, requests, pauses } = scripted([
    stream("retry: 250\n\n", told(5, "wallet", wallet(3))),
    new TypeError("offline"),
    problem("unavailable", 503, {}, { "retry-after": "5" }),
    stream(told(9, "wallet", wallet(4))),
  ]);
  const updates = await take(client.streamUpdates({ user_id: "ada", last_event_id: "2" }), 2);
  expect(updates.map(({ id }) => id)).toEqual(["5", "9"]);
  expect(requests.map((request) => request.headers.get("last-event-id"))).toEqual(["2", "5", "5", "5"]);
  expect(requests[0]?.url).toBe("https://pay.example.com/api/updates?user_id=ada");
  expect(pauses[0]).toBe(250);
  expect(pauses).toContain(5000);
});

test("kinds that this release does not know are passed over", async () => {
  const { client } = scripted([stream(told(1, "weather", {}), told(2, "wallet", wallet(1)))]);
  expect(await take(client.streamUpdates(), 1)).toMatchObject([{ id: "2" }]);
});

test("what the server refuses is thrown", async () => {
  const { client } = scripted([problem("unauthorized", 401)]);
  await expect(take(client.streamUpdates(), 1)).rejects.toMatchObject({ code: "unauthorized" });
});

test("the signal ends it without an error", async () => {
  const controller = new AbortController();
  const { client } = scripted([stream(told(1, "wallet", wallet(1)))]);
  const seen: string[] = [];
  for await (const { id } of client.streamUpdates({}, { signal: controller.signal })) {
    seen.push(id);
    controller.abort();
  }
  expect(seen).toEqual(["1"]);
});
