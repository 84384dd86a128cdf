import { type ReactElement, useId, useState } from "react";

import { useBook } from "./bookings.js";
import { useOffered, useProducts } from "./credits.js";
import { formatMoney, formatTime } from "./formats.js";
import { Button, classes, Empty, Failure, Loading } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { isSession, ownTimeZone, type Session, SlotPicker } from "./slot_picker.js";

export interface BookingPickerProps {
  /** Offer the sessions of this builder alone; those of all builders where it is left out. */
  builderId?: string;
  /** Offer this session type alone. */
  sessionTypeId?: string;
  /** An IANA time zone in which times are shown; the browser's own where it is left out. */
  timeZone?: string;
  className?: string;
}

/** Picks a session, a day and a free time, and leads to the checkout while the time is held. */
export function BookingPicker({ builderId, sessionTypeId, timeZone, className }: BookingPickerProps): ReactElement {
  const { words } = usePaydesk();
  const products = useProducts();
  const [chosenId, choose] = useState<string>();
  const offered = (products.data?.data ?? [])
    .filter(isSession)
    .filter(
      ({ id, session }) => (!builderId || session.builder_id === builderId) && (!sessionTypeId || id === sessionTypeId),
    );
  const session = offered.find(({ id }) => id === chosenId) ?? offered[0];
  const state = products.status === "ready" && !session ? "empty" : products.status;
  return (
    <div className={classes("pd-booking", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.notForSale}</Empty>}
      {offered.length > 1 && session && <Sessions offered={offered} chosen={session} onChoose={choose} />}
      {session && <Times key={session.id} item={session} timeZone={timeZone ?? ownTimeZone()} />}
      {products.status === "error" && <Failure error={products.error} retry={products.refresh} />}
    </div>
  );
}

interface SessionsProps {
  offered: Session[];
  chosen: Session;
  onChoose: (id: string) => void;
}

function Sessions({ offered, chosen, onChoose }: SessionsProps): ReactElement {
  const { words } = usePaydesk();
  const name = useId();
  return (
    <fieldset className="pd-choices">
      <legend>{words.session}</legend>
      {offered.map((item) => (
        <label key={item.id} className="pd-choice">
          <input type="radio" name={name} checked={item === chosen} onChange={() => onChoose(item.id)} />
          <span>{item.name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The times of one session type, and booking one of them. */
function Times({ item, timeZone }: { item: Session; timeZone: string }): ReactElement {
  const [startsAt, choose] = useState<string>();
  const book = useBook();
  return (
    <SlotPicker
      item={item}
      timeZone={timeZone}
      chosen={startsAt}
      onChoose={(start) => {
        book.reset();
        choose(start);
      }}
      error={book.error}
    >
      {startsAt && <Confirm item={item} startsAt={startsAt} timeZone={timeZone} book={book} />}
    </SlotPicker>
  );
}

interface ConfirmProps {
  item: Session;
  startsAt: string;
  timeZone: string;
  book: ReturnType<typeof useBook>;
}

/** What is about to be booked, what it costs, and what comes back of it. */
function Confirm({ item, startsAt, timeZone, book }: ConfirmProps): ReactElement {
  const { words, locale } = usePaydesk();
  const currency = useOffered(item.prices);
  const price = currency ? formatMoney(item.prices[currency] ?? 0, currency, locale) : "";
  return (
    <section className="pd-card pd-confirm" aria-label={words.yourBooking}>
      <p>
        <strong className="pd-name">{item.name}</strong>{" "}
        <time dateTime={startsAt}>{formatTime(startsAt, locale, timeZone)}</time>{" "}
        <span className="pd-note">{words.minutes(item.session.minutes)}</span>
      </p>
      {item.session.refund_tiers.map(({ hours_before, percent }) => (
        <p key={hours_before} className="pd-note">
          {words.refundTier(hours_before, percent)}
        </p>
      ))}
      <p>
        <Button
          kind="primary"
          isPending={book.status === "pending" || book.status === "done"}
          onClick={() => book.run({ sessionTypeId: item.id, startsAt, currency })}
        >
          {words.bookAndPay(price)}
        </Button>
      </p>
      <Failure error={book.error} />
    </section>
  );
}
