// What a user has booked, the free times of a session type, and booking one.

import type { BookingOut, FeedOut, PageBookingOut, ProblemError, SlotsOut, Started } from "@paydesk/client";
import { isProblem } from "@paydesk/client";

import { type Action, useAction } from "./action.js";
import { beginCheckout, useLeaving } from "./checkout.js";
import { usePaydesk } from "./provider.js";
import { useRead } from "./read.js";
import { type List, type Resource, useList, useResource } from "./resource.js";

/** What is booked: a session type, at one of its free starts. */
export interface BookingInput {
  sessionTypeId: string;
  startsAt: string;
  currency?: string | undefined;
  /** A booking that moves there, where that costs more: what is paid is the difference. */
  bookingId?: string | undefined;
}

export type UseBookings = List<PageBookingOut> & {
  /** Holds a time and leads to its checkout; for a time that the user holds already, to the one under way. */
  book: Action<BookingInput, Started>;
  /** Gives a booking up: the share that was agreed on comes back. Where who gives it does so, everything goes back to the client. */
  cancel: Action<string, BookingOut>;
  /** Moves a booking to another free start, of its session type or of another one of its builder. Where that cannot be had, see `alternativesOf` its `error`. */
  move: Action<MoveInput, BookingOut>;
  /** Notes that the client did not come, for who gives the booking, once it has begun. */
  markNoShow: Action<string, BookingOut>;
};

/** Which booking is moved, and where to. */
export interface MoveInput {
  bookingId: string;
  startsAt: string;
  /** Another session type of the same builder. What costs less gives the difference back; for one that costs more a client pays by `book`. */
  sessionTypeId?: string | undefined;
}

/** The user's own bookings, newest first; or those that they give. */
export function useBookings({ isGiven = false } = {}): UseBookings {
  const { client, cache } = usePaydesk();
  const taken = async (change: Promise<BookingOut>): Promise<BookingOut> => {
    const booking = await change;
    await cache.refresh("bookings", "given", "purchases");
    return booking;
  };
  return {
    ...useList(isGiven ? "given" : "bookings"),
    book: useBook(),
    cancel: useAction((bookingId: string, idempotencyKey) =>
      taken(client.cancelBooking({ booking_id: bookingId }, { idempotencyKey })),
    ),
    move: useAction(({ bookingId, startsAt, sessionTypeId }: MoveInput, idempotencyKey) => {
      const other = sessionTypeId && { session_type: sessionTypeId };
      const wanted = { booking_id: bookingId, starts_at: startsAt, ...other };
      return taken(client.rescheduleBooking(wanted, { idempotencyKey }));
    }),
    markNoShow: useAction((bookingId: string, idempotencyKey) =>
      taken(client.markBookingNoShow({ booking_id: bookingId }, { idempotencyKey })),
    ),
  };
}

export interface UseCalendarFeed {
  /** Whether there is an address that a calendar may follow. */
  isMade: boolean;
  /** Makes one. The one before leads nowhere then. */
  make: Action<undefined, FeedOut>;
  /** Ends it: no calendar follows any more. */
  end: Action<undefined, true>;
}

/** The address with which a calendar follows the sessions that the user booked, or those that they give. */
export function useCalendarFeed({ isGiven = false } = {}): UseCalendarFeed {
  const { client, cache } = usePaydesk();
  const { data } = useResource("feeds");
  const part = isGiven ? "builder" : "client";
  return {
    isMade: data?.data.some((feed) => feed.part === part) ?? false,
    make: useAction(async (_: undefined, idempotencyKey) => {
      const made = await client.createCalendarFeed({ part }, { idempotencyKey });
      void cache.refresh("feeds");
      return made;
    }),
    end: useAction(async (_: undefined) => {
      await client.endCalendarFeed({ part });
      await cache.refresh("feeds");
      return true as const;
    }),
  };
}

/** How many percent come back to a client who cancels at a moment. */
export function percentBack({ starts_at, refund_tiers, refund_percent_max }: BookingOut, nowMs: number): number {
  const hoursLeft = (Date.parse(starts_at) - nowMs) / 3_600_000;
  const reached = refund_tiers.filter(({ hours_before }) => hours_before <= hoursLeft);
  return Math.min(refund_percent_max, Math.max(0, ...reached.map(({ percent }) => percent)));
}

/** Holds a time and leads to its checkout, without reading what was booked before. */
export function useBook(): Action<BookingInput, Started> {
  const paydesk = usePaydesk();
  return useLeaving(async ({ sessionTypeId, startsAt, currency, bookingId }: BookingInput, idempotencyKey) => {
    const moved = bookingId && { booking_id: bookingId };
    const input = { item_id: sessionTypeId, starts_at: startsAt, ...(currency && { currency }), ...moved };
    const started = await beginCheckout(paydesk, input, idempotencyKey);
    void paydesk.cache.refresh("bookings");
    return started;
  });
}

/** Which free times are wanted: those that begin from a moment on and before another, told in a time zone. */
export interface SlotsInput {
  sessionTypeId: string;
  from: string;
  to: string;
  timeZone: string;
}

/** The free times of a session type. */
export function useBookingSlots({ sessionTypeId, from, to, timeZone }: SlotsInput): Resource<SlotsOut> {
  const { client } = usePaydesk();
  const key = JSON.stringify([sessionTypeId, from, to, timeZone]);
  return useRead(key, (signal) =>
    client.listBookingSlots({ session_type: sessionTypeId, from, to, time_zone: timeZone }, { signal }),
  );
}

/** The free times that the server names in place of one that cannot be had. */
export function alternativesOf(error: unknown): string[] {
  if (!isProblem(error, "slot_taken") && !isProblem(error, "slot_not_offered")) return [];
  const { alternatives } = (error as ProblemError).document;
  return Array.isArray(alternatives) ? alternatives.filter((one) => typeof one === "string") : [];
}
