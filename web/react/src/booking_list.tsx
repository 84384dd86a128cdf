import type { BookingOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { type UseBookings, useBook } from "./bookings.js";
import { useProducts } from "./credits.js";
import { formatMoney, formatTime } from "./formats.js";
import { Button, classes, Empty, Failure, Loading, More } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { useList } from "./resource.js";

export interface BookingListProps {
  /** The bookings that the user gives, in place of those that they made. */
  isGiven?: boolean;
  className?: string;
}

/** What the user has booked: when it is, where it stands, and the way to pay for what is held. Or what others have booked with them. */
export function BookingList({ isGiven = false, className }: BookingListProps): ReactElement {
  const { words } = usePaydesk();
  const bookings = useList(isGiven ? "given" : "bookings");
  const book = useBook();
  const names = useProducts().data?.data;
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
              name={names?.find(({ id }) => id === booking.session_type_id)?.name ?? booking.session_type_id}
              book={isGiven ? undefined : book}
            />
          ))}
        </ul>
      )}
      <More list={bookings} />
      <Failure error={book.error} />
      {bookings.status === "error" && <Failure error={bookings.error} retry={bookings.refresh} />}
    </div>
  );
}

interface BookingProps {
  booking: BookingOut;
  name: string;
  /** To pay for it; nothing for who gives it. */
  book: UseBookings["book"] | undefined;
}

function Booking({ booking, name, book }: BookingProps): ReactElement {
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
    </li>
  );
}
