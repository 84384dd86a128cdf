// What is asked before a booking is given up, moved, or noted as missed.

import type { BookingOut } from "@paydesk/client";
import { type ReactElement, useState } from "react";

import { percentBack, type UseBookings } from "./bookings.js";
import { useProducts } from "./credits.js";
import { formatTime } from "./formats.js";
import { Empty, Failure, Loading, Question } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { isSession, ownTimeZone, SlotPicker } from "./slot_picker.js";

interface AskProps {
  booking: BookingOut;
  name: string;
  bookings: UseBookings;
  /** Whether it is asked of who gives the booking. */
  isGiven: boolean;
  onClose: () => void;
  /** Told what was done. */
  onDone: (said: string) => void;
}

export function Cancellation({ booking, name, bookings, isGiven, onClose, onDone }: AskProps): ReactElement {
  const { words } = usePaydesk();
  const { cancel } = bookings;
  return (
    <Question
      title={words.cancelBookingTitle(name)}
      confirm={words.cancelBooking}
      keep={words.keepBooking}
      isDangerous
      isPending={cancel.status === "pending"}
      error={cancel.error}
      onClose={() => {
        cancel.reset();
        onClose();
      }}
      onConfirm={async () => {
        if (await cancel.run(booking.booking_id)) onDone(words.bookingCancelled);
      }}
    >
      <p>{isGiven ? words.clientGetsAll : words.percentBack(percentBack(booking, Date.now()))}</p>
    </Question>
  );
}

/** Another time for a booking: one that is free. Where somebody else has it by then, others are offered. */
export function Move({ booking, name, bookings, isGiven, onClose, onDone }: AskProps): ReactElement {
  const { words, locale } = usePaydesk();
  const products = useProducts();
  const [startsAt, choose] = useState<string>();
  const { move } = bookings;
  const timeZone = ownTimeZone();
  const item = products.data?.data.filter(isSession).find(({ id }) => id === booking.session_type_id);
  const percent = percentBack(booking, Date.now());
  return (
    <Question
      title={words.moveBookingTitle(name)}
      confirm={words.moveBooking}
      keep={words.keepTime}
      isPending={move.status === "pending"}
      isReady={startsAt !== undefined}
      error={move.error}
      onClose={() => {
        move.reset();
        onClose();
      }}
      onConfirm={async () => {
        if (startsAt === undefined) return;
        const moved = await move.run({ bookingId: booking.booking_id, startsAt });
        if (moved) onDone(words.bookingMoved(formatTime(moved.starts_at, locale)));
      }}
    >
      <p>{words.bookingIsAt(formatTime(booking.starts_at, locale))}</p>
      {!isGiven && percent < 100 && <p className="pd-note">{words.moveKeepsShare(percent)}</p>}
      {products.status === "loading" && <Loading />}
      {products.status === "error" && <Failure error={products.error} retry={products.refresh} />}
      {products.status === "ready" && !item && <Empty>{words.notForSale}</Empty>}
      {item && (
        <SlotPicker
          item={item}
          timeZone={timeZone}
          chosen={startsAt}
          onChoose={(start) => {
            move.reset();
            choose(start);
          }}
          error={move.error}
        >
          {startsAt && <p role="status">{words.moveTo(formatTime(startsAt, locale, timeZone))}</p>}
        </SlotPicker>
      )}
    </Question>
  );
}

export function NoShow({ booking, name, bookings, onClose, onDone }: AskProps): ReactElement {
  const { words } = usePaydesk();
  const { markNoShow } = bookings;
  return (
    <Question
      title={words.noShowTitle(name)}
      confirm={words.noShow}
      keep={words.leaveIt}
      isPending={markNoShow.status === "pending"}
      error={markNoShow.error}
      onClose={() => {
        markNoShow.reset();
        onClose();
      }}
      onConfirm={async () => {
        if (await markNoShow.run(booking.booking_id)) onDone(words.noShowNoted);
      }}
    >
      <p>{words.noShowText}</p>
    </Question>
  );
}
