import type { BookingOut } from "@paydesk/client";
import { type ReactElement, useState } from "react";

import { Cancellation, Move, NoShow } from "./booking_questions.js";
import { type UseBookings, useBookings } from "./bookings.js";
import { useProducts } from "./credits.js";
import { formatMoney, formatTime } from "./formats.js";
import { Button, classes, Empty, Failure, Loading, More, Said } from "./parts.js";
import { usePaydesk } from "./provider.js";

export interface BookingListProps {
  /** The bookings that the user gives, in place of those that they made. */
  isGiven?: boolean;
  className?: string;
}

/** What the user has booked: when it is, where it stands, and the way to pay for what is held. Or what others have booked with them. */
export function BookingList({ isGiven = false, className }: BookingListProps): ReactElement {
  const { words } = usePaydesk();
  const bookings = useBookings({ isGiven });
  const { book } = bookings;
  const [asked, ask] = useState<Asked>();
  const [said, say] = useState("");
  const names = useProducts().data?.data;
  const nameOf = ({ session_type_id }: BookingOut) =>
    names?.find(({ id }) => id === session_type_id)?.name ?? session_type_id;
  const state = bookings.data?.data.length === 0 ? "empty" : bookings.status;
  return (
    <div className={classes("pd-bookings", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{isGiven ? words.notBookedYet : words.noBookings}</Empty>}
      {bookings.data && (
        <ul>
          {bookings.data.data.map((booking) => (
            <Booking
              key={booking.booking_id}
              booking={booking}
              name={nameOf(booking)}
              book={isGiven ? undefined : book}
              ask={ask}
            />
          ))}
        </ul>
      )}
      <More list={bookings} />
      <Said>{said}</Said>
      {!asked && <Failure error={book.error} />}
      {bookings.status === "error" && <Failure error={bookings.error} retry={bookings.refresh} />}
      {asked && (
        <asked.Question
          booking={asked.booking}
          name={nameOf(asked.booking)}
          bookings={bookings}
          isGiven={isGiven}
          onClose={() => ask(undefined)}
          onDone={(text) => {
            ask(undefined);
            say(text);
          }}
        />
      )}
    </div>
  );
}

/** A question that is open, and about which booking. */
interface Asked {
  Question: typeof Cancellation;
  booking: BookingOut;
}

interface BookingProps {
  booking: BookingOut;
  name: string;
  /** To pay for it; nothing for who gives it. */
  book: UseBookings["book"] | undefined;
  ask: (asked: Asked) => void;
}

function Booking({ booking, name, book, ask }: BookingProps): ReactElement {
  const { words, locale } = usePaydesk();
  const { booking_id, session_type_id, starts_at, status, amount_minor, currency, refunded_minor } = booking;
  const hasBegun = Date.parse(starts_at) <= Date.now();
  return (
    <li className="pd-card pd-booked" data-booking={booking_id} data-status={status}>
      <p>
        <strong className="pd-name">{name}</strong> <time dateTime={starts_at}>{formatTime(starts_at, locale)}</time>{" "}
        <span className="pd-status">{words.bookingStatus[status]}</span>{" "}
        <span className="pd-price">{formatMoney(amount_minor, currency, locale)}</span>
      </p>
      {refunded_minor > 0 && (
        <p className="pd-note">{words.givenBack(formatMoney(refunded_minor, currency, locale))}</p>
      )}
      {!book && <p className="pd-note">{words.bookedBy(booking.client_id)}</p>}
      {status === "pending" && book && (
        <p className="pd-actions">
          <Button
            aria-label={words.payFor(name)}
            isPending={book.status === "pending" || book.status === "done"}
            onClick={() => book.run({ sessionTypeId: session_type_id, startsAt: starts_at, currency })}
          >
            {words.pay}
          </Button>
        </p>
      )}
      {status === "confirmed" && !hasBegun && (
        <p className="pd-actions">
          <Button aria-label={words.moveBookingTitle(name)} onClick={() => ask({ Question: Move, booking })}>
            {words.moveBooking}
          </Button>
          <Button aria-label={words.cancelBookingTitle(name)} onClick={() => ask({ Question: Cancellation, booking })}>
            {words.cancelBooking}
          </Button>
        </p>
      )}
      {status === "confirmed" && hasBegun && !book && (
        <p className="pd-actions">
          <Button aria-label={words.noShowTitle(name)} onClick={() => ask({ Question: NoShow, booking })}>
            {words.noShow}
          </Button>
        </p>
      )}
    </li>
  );
}
