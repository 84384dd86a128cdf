import type { BookingOut } from "@paydesk/client";
import { type ReactElement, useState } from "react";

import { percentBack, type UseBookings, useBookings } from "./bookings.js";
import { useProducts } from "./credits.js";
import { formatMoney, formatTime } from "./formats.js";
import { Button, classes, Empty, Failure, Loading, More, Question, Said } from "./parts.js";
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
  const [cancelling, askAbout] = useState<BookingOut>();
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
              onCancel={askAbout}
            />
          ))}
        </ul>
      )}
      <More list={bookings} />
      <Said>{said}</Said>
      <Failure error={book.error} />
      {bookings.status === "error" && <Failure error={bookings.error} retry={bookings.refresh} />}
      {cancelling && (
        <Question
          title={words.cancelBookingTitle(nameOf(cancelling))}
          confirm={words.cancelBooking}
          keep={words.keepBooking}
          isDangerous
          isPending={bookings.cancel.status === "pending"}
          error={bookings.cancel.error}
          onClose={() => {
            bookings.cancel.reset();
            askAbout(undefined);
          }}
          onConfirm={async () => {
            if (!(await bookings.cancel.run(cancelling.booking_id))) return;
            askAbout(undefined);
            say(words.bookingCancelled);
          }}
        >
          <p>{isGiven ? words.clientGetsAll : words.percentBack(percentBack(cancelling, Date.now()))}</p>
        </Question>
      )}
    </div>
  );
}

interface BookingProps {
  booking: BookingOut;
  name: string;
  /** To pay for it; nothing for who gives it. */
  book: UseBookings["book"] | undefined;
  onCancel: (booking: BookingOut) => void;
}

function Booking({ booking, name, book, onCancel }: BookingProps): ReactElement {
  const { words, locale } = usePaydesk();
  const { booking_id, session_type_id, starts_at, status, amount_minor, currency, refunded_minor } = booking;
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
      {status === "confirmed" && Date.parse(starts_at) > Date.now() && (
        <p className="pd-actions">
          <Button aria-label={words.cancelBookingTitle(name)} onClick={() => onCancel(booking)}>
            {words.cancelBooking}
          </Button>
        </p>
      )}
    </li>
  );
}
