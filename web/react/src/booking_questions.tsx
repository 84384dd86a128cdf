// What is asked before a booking is given up, moved, or noted as missed.

import type { BookingOut } from "@paydesk/client";
import { type ReactElement, useId, useState } from "react";

import { percentBack, type UseBookings } from "./bookings.js";
import { useProducts } from "./credits.js";
import { formatMoney, formatTime } from "./formats.js";
import { Empty, Failure, Loading, Question } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { isSession, ownTimeZone, type Session, SlotPicker } from "./slot_picker.js";

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

/** What a session costs less than what was agreed on for a booking, in minor units; nothing where it has no price in its currency. */
function costsLess({ amount_minor, currency }: BookingOut, item: Session): number | undefined {
  const price = item.prices[currency];
  return price === undefined ? undefined : amount_minor - price;
}

/**
 * Another time for a booking, of its session type or of another one of its builder: one that is free. Where somebody else has it by
 * then, others are offered. Nobody is charged here, so a client is offered no session that costs more.
 */
export function Move({ booking, name, bookings, isGiven, onClose, onDone }: AskProps): ReactElement {
  const { words, locale } = usePaydesk();
  const products = useProducts();
  const [startsAt, choose] = useState<string>();
  const { move } = bookings;
  const timeZone = ownTimeZone();
  const ids = useId();
  const [itemId, chooseItem] = useState(booking.session_type_id);
  const offered = (products.data?.data.filter(isSession) ?? []).filter((item) => {
    if (item.id === booking.session_type_id) return true;
    const less = costsLess(booking, item);
    return item.session.builder_id === booking.builder_id && less !== undefined && (isGiven || less >= 0);
  });
  const item = offered.find(({ id }) => id === itemId);
  const less = (item && item.id !== booking.session_type_id && costsLess(booking, item)) || 0;
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
        const sessionTypeId = itemId === booking.session_type_id ? undefined : itemId;
        const moved = await move.run({ bookingId: booking.booking_id, startsAt, sessionTypeId });
        if (moved) onDone(words.bookingMoved(formatTime(moved.starts_at, locale)));
      }}
    >
      <p>{words.bookingIsAt(formatTime(booking.starts_at, locale))}</p>
      {!isGiven && percent < 100 && <p className="pd-note">{words.moveKeepsShare(percent)}</p>}
      {products.status === "loading" && <Loading />}
      {products.status === "error" && <Failure error={products.error} retry={products.refresh} />}
      {products.status === "ready" && !item && <Empty>{words.notForSale}</Empty>}
      {item && offered.length > 1 && (
        <div className="pd-field">
          <label htmlFor={ids}>{words.sessionType}</label>
          <select
            id={ids}
            value={itemId}
            onChange={({ target }) => {
              move.reset();
              choose(undefined);
              chooseItem(target.value);
            }}
          >
            {offered.map(({ id, name: called }) => (
              <option key={id} value={id}>
                {called}
              </option>
            ))}
          </select>
        </div>
      )}
      {less > 0 && <p className="pd-note">{words.givenBackByMove(formatMoney(less, booking.currency, locale))}</p>}
      {item && (
        <SlotPicker
          key={item.id}
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
