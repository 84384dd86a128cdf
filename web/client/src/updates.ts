// Live updates of a user: one stream after another, told apart from each other by nobody.

import { type Connection, pauseBefore } from "./connection.js";
import { type Piece, readPieces } from "./event_stream.js";
import type { BookingOut, CreditsHeld, NoticeOut, OrderOut, Subscribed } from "./generated/schema.js";
import { ConnectionError, ProblemError } from "./problem.js";

/** What there is to tell about each kind. */
interface Told {
  /** What the user's own wallet holds, at once and whenever it changes. */
  wallet: CreditsHeld;
  /** What the user has in a group of plans, at once and whenever it changes. */
  subscription: Subscribed;
  /** An order that is new or has changed. */
  order: Pick<OrderOut, "order_id" | "status" | "updated_at">;
  /** A booking of theirs that is new or has changed. */
  booking: Pick<BookingOut, "booking_id" | "status" | "starts_at" | "updated_at">;
  /** Something the user is to be told. */
  notice: NoticeOut;
}

/** One update. `id` is where a later stream may go on from. */
export type Update = { [Type in keyof Told]: { type: Type; data: Told[Type]; id: string } }[keyof Told];

/** Whose updates, and from where on. */
export interface UpdatesInput {
  /** Whose; only a service or the operator names somebody. */
  user_id?: string | undefined;
  /** The id of the last update that was seen: what came since is told first. */
  last_event_id?: string | undefined;
}

const KINDS: ReadonlySet<string> = new Set<keyof Told>(["wallet", "subscription", "order", "booking", "notice"]);
/** The server says something every 15 seconds. */
const SILENCE_MS_MAX = 45_000;
const BROKEN_OFF = new ConnectionError("The stream broke off");

/** Goes on until the signal, or until the server refuses. */
export async function* followUpdates(
  connection: Connection,
  input: UpdatesInput,
  signal: AbortSignal | undefined,
): AsyncGenerator<Update, void, undefined> {
  try {
    yield* streams(connection, input, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** One stream after another, with a pause between them that grows while none can be opened. */
async function* streams(connection: Connection, input: UpdatesInput, signal: AbortSignal | undefined) {
  let lastId = input.last_event_id;
  let retryMs = 1_000;
  let failures = 0;
  while (true) {
    try {
      const answer = await connection.open(request(input.user_id, lastId, signal));
      failures = 0;
      for await (const piece of readPieces(answer, SILENCE_MS_MAX)) {
        if ("retryMs" in piece) retryMs = piece.retryMs;
        else lastId = piece.id || lastId;
        if (isUpdate(piece)) yield { type: piece.type, data: JSON.parse(piece.data), id: piece.id } as Update;
      }
    } catch (error) {
      signal?.throwIfAborted();
      failures += 1;
      const pauseMs = pauseBefore(failures, error instanceof ProblemError ? error : BROKEN_OFF);
      if (pauseMs === undefined) throw error;
      await connection.wait(pauseMs, signal);
    }
    await connection.wait(retryMs, signal);
  }
}

function request(userId: string | undefined, lastId: string | undefined, signal: AbortSignal | undefined) {
  return {
    method: "GET",
    address: `/api/updates${userId === undefined ? "" : `?user_id=${encodeURIComponent(userId)}`}`,
    headers: { accept: "text/event-stream", ...(lastId ? { "last-event-id": lastId } : {}) },
    signal,
  };
}

/** A newer server may tell of kinds that this release does not know. */
function isUpdate(piece: Piece): piece is { type: keyof Told; data: string; id: string } {
  return "type" in piece && KINDS.has(piece.type);
}
