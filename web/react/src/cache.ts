// What was read of the server, for all components under one provider: each thing once, and the newest of it.

import { type Client, isProblem } from "@paydesk/client";

/** Where something that is read from the server stands. What was read before stays while it is read again. */
export type Snapshot<Data> =
  | { status: "loading"; data: undefined; error: undefined }
  | { status: "ready"; data: Data; error: undefined }
  | { status: "error"; data: Data | undefined; error: unknown };

/** How long a page of a list is; and how much of a list is read again at most, when it is read again. */
const PAGE = 20;
const PAGE_MAX = 100;

interface WantedPage {
  limit: number;
  after?: string;
}

/** What comes in pages. */
const lists = {
  bankPayouts: (client: Client, userId: string, page: WantedPage) =>
    client.listBankPayouts({ user_id: userId, ...page }),
  bookings: (client: Client, _: string, page: WantedPage) => client.listBookings(page),
  earnings: (client: Client, userId: string, page: WantedPage) => client.listEarnings({ user_id: userId, ...page }),
  given: (client: Client, userId: string, page: WantedPage) => client.listBookings({ builder_id: userId, ...page }),
  history: (client: Client, userId: string, page: WantedPage) => client.listCreditHistory({ user_id: userId, ...page }),
  invoices: (client: Client, userId: string, page: WantedPage) =>
    client.listSubscriptionInvoices({ user_id: userId, ...page }),
  keys: (client: Client, _: string, page: WantedPage) => client.listKeys(page),
  notices: (client: Client, _: string, page: WantedPage) => client.listNotices(page),
  purchases: (client: Client, _: string, page: WantedPage) => client.listPurchases(page),
  orders: (client: Client, _: string, page: WantedPage) => client.listOrders(page),
  refundRequests: (client: Client, _: string, page: WantedPage) => client.listRefundRequests(page),
};

/** What is one thing. */
const things = {
  credits: (client: Client, userId: string) => client.readCredits({ user_id: userId }),
  entitlements: (client: Client, userId: string) => client.readEntitlements({ user_id: userId }),
  feeds: (client: Client) => client.listCalendarFeeds(),
  payoutAccount: (client: Client, userId: string) =>
    client.readPayoutAccount({ user_id: userId }).catch((error: unknown) => {
      if (isProblem(error, "not_found")) return null;
      throw error;
    }),
  products: (client: Client) => client.listProducts(),
  topUp: (client: Client, userId: string) => client.readTopUp({ user_id: userId }),
};

const reads = { ...lists, ...things };

export type ListName = keyof typeof lists;
export type Name = keyof typeof reads;
/** What is read under each name. */
export type Data<Key extends Name> = Awaited<ReturnType<(typeof reads)[Key]>>;

export const LOADING = { status: "loading", data: undefined, error: undefined } as const;

interface Entry {
  snapshot: Snapshot<unknown>;
  listeners: Set<() => void>;
  /** Counts what was begun and what was set, so that an answer which was overtaken is not taken in. */
  version: number;
  reading: Promise<void> | undefined;
}

export class Cache {
  readonly #client: Client;
  readonly #userId: string;
  readonly #entries = new Map<Name, Entry>();

  constructor(client: Client, userId: string) {
    this.#client = client;
    this.#userId = userId;
  }

  snapshot<Key extends Name>(name: Key): Snapshot<Data<Key>> {
    return this.#entry(name).snapshot as Snapshot<Data<Key>>;
  }

  /** Tells of every change; what nobody has read yet is read now. */
  watch(name: Name, listener: () => void): () => void {
    const entry = this.#entry(name);
    entry.listeners.add(listener);
    if (entry.snapshot.status === "loading" && !entry.reading) void this.#read(name);
    return () => {
      entry.listeners.delete(listener);
    };
  }

  /** Takes in what was learnt otherwise. */
  set<Key extends Name>(name: Key, data: Data<Key>): void {
    this.#entry(name).version += 1;
    this.#show(name, { status: "ready", data, error: undefined });
  }

  /** What is there once nothing is being read; nothing where nobody has looked. */
  async settled<Key extends Name>(name: Key): Promise<Snapshot<Data<Key>>> {
    while (this.#entry(name).reading) await this.#entry(name).reading;
    return this.snapshot(name);
  }

  /** Reads these again where somebody looks at them, and forgets them where nobody does. */
  async refresh(...names: Name[]): Promise<void> {
    const known = names.filter((name) => this.#entries.has(name));
    await Promise.all(
      known.map((name) => {
        if (this.#entry(name).listeners.size > 0) return this.#read(name);
        return void this.#entries.delete(name);
      }),
    );
  }

  /** Reads the next page of a list that was read, and puts it behind what is there. */
  async more(name: ListName): Promise<void> {
    const { data } = this.snapshot(name);
    if (!data?.next) return;
    const page = await lists[name](this.#client, this.#userId, { limit: PAGE, after: data.next });
    this.set(name, { ...page, data: [...data.data, ...page.data] } as Data<ListName>);
  }

  refreshAll(): Promise<void> {
    return this.refresh(...this.#entries.keys());
  }

  #read(name: Name): Promise<void> {
    const entry = this.#entry(name);
    entry.version += 1;
    const reading = this.#take(name, entry, entry.version).finally(() => {
      if (entry.reading === reading) entry.reading = undefined;
    });
    entry.reading = reading;
    return reading;
  }

  async #take(name: Name, entry: Entry, version: number): Promise<void> {
    const page = { limit: Math.min(Math.max(lengthOf(entry.snapshot.data), PAGE), PAGE_MAX) };
    const outcome = await reads[name](this.#client, this.#userId, page).then(
      (data): Snapshot<unknown> => ({ status: "ready", data, error: undefined }),
      (error: unknown): Snapshot<unknown> => ({ status: "error", data: entry.snapshot.data, error }),
    );
    if (entry.version === version) this.#show(name, outcome);
  }

  #show(name: Name, snapshot: Snapshot<unknown>): void {
    const entry = this.#entry(name);
    entry.snapshot = snapshot;
    for (const listener of entry.listeners) listener();
  }

  #entry(name: Name): Entry {
    let entry = this.#entries.get(name);
    if (!entry) {
      entry = { snapshot: LOADING, listeners: new Set(), version: 0, reading: undefined };
      this.#entries.set(name, entry);
    }
    return entry;
  }
}

/** How much of a list is there: as much is read again. */
function lengthOf(data: unknown): number {
  return data && typeof data === "object" && "data" in data && Array.isArray(data.data) ? data.data.length : 0;
}
