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

interface SessionsProps {
  offered: Session[];
  chosen: string;
  onChoose: (id: string) => void;
}

/** Which of several sessions it is to be. */
function Sessions({ offered, chosen, onChoose }: SessionsProps): ReactElement {
  const { words } = usePaydesk();
  const id = useId();
  return (
    <div className="pd-field">
      <label htmlFor={id}>{words.sessionType}</label>
      <select id={id} value={chosen} onChange={({ target }) => onChoose(target.value)}>
        {offered.map((item) => (
          <option key={item.id} value={item.id}>
            {item.name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What a session costs less than what was agreed on for a booking, in minor units; nothing where it has no price in its currency. */
function costsLess({ amount_minor, currency }: BookingOut, item: Session): number | undefined {
  const price = item.prices[currency];
  return price === undefined ? undefined : amount_minor - price;
}

/** Whether a booking may become such a session: its own, or another one of its builder that has a price in its currency. */
function mayMoveTo(booking: BookingOut, item: Session): boolean {
  const isOther = item.id !== booking.session_type_id;
  return !isOther || (item.session.builder_id === booking.builder_id && costsLess(booking, item) !== undefined);
}

/**
 * Another time for a booking, of its session type or of another one of its builder: one that is free. Where somebody else has it by
 * then, others are offered. For a session that costs more a client is led to the page where the difference is paid.
 */
export function Move({ booking, name, bookings, isGiven, onClose, onDone }: AskProps): ReactElement {
  const { words, locale } = usePaydesk();
  const products = useProducts();
  const [startsAt, choose] = useState<string>();
  const { move, book } = bookings;
  const { booking_id, currency } = booking;
  const timeZone = ownTimeZone();
  const [itemId, chooseItem] = useState(booking.session_type_id);
  const offered = products.data?.data.filter(isSession).filter((item) => mayMoveTo(booking, item)) ?? [];
  const item = offered.find(({ id }) => id === itemId);
  const less = (item && item.id !== booking.session_type_id && costsLess(booking, item)) || 0;
  const percent = percentBack(booking, Date.now());
  const isDearer = !isGiven && less < 0;
  const amount = formatMoney(Math.abs(less), currency, locale);
  const { status, error } = isDearer ? book : move;
  const reset = () => {
    move.reset();
    book.reset();
  };
  return (
    <Question
      title={words.moveBookingTitle(name)}
      confirm={isDearer ? words.payAndMove(amount) : words.moveBooking}
      keep={words.keepTime}
      isPending={status === "pending" || (isDearer && status === "done")}
      isReady={startsAt !== undefined}
      error={error}
      onClose={() => {
        reset();
        onClose();
      }}
      onConfirm={async () => {
        if (startsAt === undefined) return;
        if (isDearer) {
          await book.run({ bookingId: booking_id, sessionTypeId: itemId, startsAt, currency });
          return;
        }
        const sessionTypeId = itemId === booking.session_type_id ? undefined : itemId;
        const moved = await move.run({ bookingId: booking_id, startsAt, sessionTypeId });
        if (moved) onDone(words.bookingMoved(formatTime(moved.starts_at, locale)));
      }}
    >
      <p>{words.bookingIsAt(formatTime(booking.starts_at, locale))}</p>
      {!isGiven && percent < 100 && <p className="pd-note">{words.moveKeepsShare(percent)}</p>}
      {products.status === "loading" && <Loading />}
      {products.status === "error" && <Failure error={products.error} retry={products.refresh} />}
      {products.status === "ready" && !item && <Empty>{words.notForSale}</Empty>}
      {item && offered.length > 1 && (
        <Sessions
          offered={offered}
          chosen={itemId}
          onChoose={(id) => {
            reset();
            choose(undefined);
            chooseItem(id);
          }}
        />
      )}
      {less > 0 && <p className="pd-note">{words.givenBackByMove(amount)}</p>}
      {isDearer && <p className="pd-note">{words.movesOncePaid(amount)}</p>}
      {item && (
        <SlotPicker
          key={item.id}
          item={item}
          timeZone={timeZone}
          chosen={startsAt}
          onChoose={(start) => {
            reset();
            choose(start);
          }}
          error={error}
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
