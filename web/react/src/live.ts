// What keeps the cache fresh: the stream of updates while somebody looks, and a new look when they come back.

import type { Client, Subscribed, Update, Wallet } from "@paydesk/client";

import type { Cache } from "./cache.js";

/** How often coming back to the page reads everything again at most. */
const REST_MS = 5_000;

/** Follows until the answer is called. */
export function keepFresh(client: Client, userId: string, cache: Cache): () => void {
  let stream: AbortController | undefined;
  let lastId: string | undefined;
  let lastLookMs = Date.now();

  async function follow(signal: AbortSignal): Promise<void> {
    try {
      for await (const update of client.streamUpdates({ last_event_id: lastId }, { signal })) {
        // A new stream tells of these from now on: what changed after they were read and before it began, nobody tells.
        if (lastId === undefined) void cache.refresh("orders", "notices", "bookings");
        lastId = update.id;
        takeIn(cache, userId, update);
      }
    } catch {
      // The server refuses. What is read says so where it is shown; the next look tries again.
      stream = undefined;
    }
  }
  function look(): void {
    if (document.visibilityState === "hidden") {
      stream?.abort();
      stream = undefined;
      return;
    }
    if (!stream) {
      stream = new AbortController();
      void follow(stream.signal);
    }
    if (Date.now() - lastLookMs < REST_MS) return;
    lastLookMs = Date.now();
    void cache.refreshAll();
  }

  look();
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  return () => {
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("focus", look);
    stream?.abort();
  };
}

function takeIn(cache: Cache, userId: string, update: Update): void {
  if (update.type === "wallet") takeInWallet(cache, { user_id: userId, ...update.data });
  else if (update.type === "order") void cache.refresh("orders", "purchases", "refundRequests");
  else if (update.type === "booking") void cache.refresh("bookings", "purchases", "refundRequests");
  else if (update.type === "notice") void cache.refresh("notices");
  else void compare(cache, update.data);
}

function takeInWallet(cache: Cache, told: Wallet): void {
  const { data } = cache.snapshot("credits");
  cache.set("credits", told);
  const isNews = !data || (["balance", "held", "owed", "frozen"] as const).some((name) => data[name] !== told[name]);
  if (isNews) void cache.refresh("history", "purchases", "refundRequests", "topUp");
}

/** A stream begins with how things stand, which is mostly what was just read: then nothing is read again. */
async function compare(cache: Cache, told: Subscribed): Promise<void> {
  const { data } = await cache.settled("entitlements");
  const shown = data?.subscriptions.find(({ group }) => group === told.group);
  if (JSON.stringify(shown) !== JSON.stringify(told))
    await cache.refresh("entitlements", "invoices", "keys", "purchases");
}
