// Lists of any length, read page by page as they are used.

import type { CallOptions } from "./shape.js";

/** One page of a list: what is on it, and where the next one begins. */
export interface Page<Entry> {
  data: Entry[];
  next?: string | null | undefined;
}

type List<Input, Entry> = (input?: Input, options?: CallOptions) => Promise<Page<Entry>>;
type ListOfSomething<Input, Entry> = (input: Input, options?: CallOptions) => Promise<Page<Entry>>;

/**
 * The pages of a list, one after another, each read when it is asked for.
 *
 * ```ts
 * for await (const page of pages(client.listOrders, { status: "paid", limit: 100 })) …
 * ```
 */
export async function* pages<Input extends object, Entry>(
  list: List<Input, Entry> | ListOfSomething<Input, Entry>,
  input: Input,
  options?: CallOptions,
): AsyncGenerator<Page<Entry>, void, undefined> {
  let after: string | null | undefined;
  do {
    const page: Page<Entry> = await list(after ? { ...input, after } : input, options);
    yield page;
    after = page.next;
  } while (after);
}

/**
 * Every entry of a list, of this page and all that follow.
 *
 * ```ts
 * for await (const order of entries(client.listOrders, { status: "paid" })) …
 * ```
 */
export async function* entries<Input extends object, Entry>(
  list: List<Input, Entry> | ListOfSomething<Input, Entry>,
  input: Input,
  options?: CallOptions,
): AsyncGenerator<Entry, void, undefined> {
  for await (const page of pages(list, input, options)) yield* page.data;
}
