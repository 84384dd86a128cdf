import type { ProductOut, SlotOut } from "@paydesk/client";
import { type ReactElement, useEffect, useId, useMemo, useState } from "react";

import { alternativesOf, useBook, useBookingSlots } from "./bookings.js";
import { Calendar } from "./calendar.js";
import { useOffered, useProducts } from "./credits.js";
import { addDays, dayOf, formatDay, lastOf, monthOf } from "./days.js";
import { formatMoney, formatTime } from "./formats.js";
import { Button, classes, Empty, Failure, Loading } from "./parts.js";
import { usePaydesk } from "./provider.js";

export interface BookingPickerProps {
  /** Offer the sessions of this builder alone; those of all builders where it is left out. */
  builderId?: string;
  /** Offer this session type alone. */
  sessionTypeId?: string;
  /** An IANA time zone in which times are shown; the browser's own where it is left out. */
  timeZone?: string;
  className?: string;
}

type Session = ProductOut & { session: NonNullable<ProductOut["session"]> };

/** Picks a session, a day and a free time, and leads to the checkout while the time is held. */
export function BookingPicker({ builderId, sessionTypeId, timeZone, className }: BookingPickerProps): ReactElement {
  const { words } = usePaydesk();
  const products = useProducts();
  const [chosenId, choose] = useState<string>();
  const offered = (products.data?.data ?? []).filter(
    (item): item is Session =>
      item.session != null &&
      (!builderId || item.session.builder_id === builderId) &&
      (!sessionTypeId || item.id === sessionTypeId),
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

function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
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

/** The days and times of one session type. */
function Times({ item, timeZone }: { item: Session; timeZone: string }): ReactElement {
  const { words } = usePaydesk();
  const today = dayOf(Date.now(), timeZone);
  const [at, moveTo] = useState(today);
  const [day, chooseDay] = useState<string>();
  const [startsAt, choose] = useState<string>();
  const book = useBook();
  const month = monthOf(at);
  const slots = useBookingSlots({ sessionTypeId: item.id, timeZone, ...around(month) });
  const byDay = useMemo(() => grouped(slots.data?.data), [slots.data]);
  const free = useMemo(() => new Map([...byDay].map(([on, times]) => [on, times.length])), [byDay]);
  const isNone = slots.status === "ready" && ![...free.keys()].some((on) => monthOf(on) === month);
  const { refresh } = slots;
  // What was free a moment ago is not any more.
  useEffect(() => {
    if (alternativesOf(book.error).length > 0) void refresh();
  }, [book.error, refresh]);
  const take = (on: string, start?: string) => {
    book.reset();
    moveTo(on);
    chooseDay(on);
    choose(start);
  };
  return (
    <>
      <Calendar
        chosen={day}
        at={at}
        first={today}
        last={addDays(today, item.session.horizon_days)}
        free={free}
        isBusy={slots.status === "loading"}
        onMove={moveTo}
        onChoose={take}
      />
      <p className="pd-note">{words.timesIn(timeZone.replaceAll("_", " "))}</p>
      {slots.status === "loading" && <Loading />}
      {isNone && <Empty>{words.noTimes}</Empty>}
      {slots.status === "error" && <Failure error={slots.error} retry={slots.refresh} />}
      {day && byDay.has(day) && (
        <Slots day={day} slots={byDay.get(day) ?? []} chosen={startsAt} onChoose={(start) => take(day, start)} />
      )}
      {startsAt && <Confirm item={item} startsAt={startsAt} timeZone={timeZone} book={book} />}
      <Alternatives
        starts={alternativesOf(book.error)}
        timeZone={timeZone}
        onChoose={(start) => take(dayOf(start, timeZone), start)}
      />
    </>
  );
}

/** A month and a day on either side of it, as moments: whatever the time zone, all of the month is between them. */
function around(month: string): { from: string; to: string } {
  return { from: `${addDays(`${month}-01`, -1)}T00:00:00Z`, to: `${addDays(lastOf(month), 2)}T00:00:00Z` };
}

/** By the day on which they begin where the viewer is, as the server says. */
function grouped(slots: SlotOut[] = []): Map<string, SlotOut[]> {
  const days = new Map<string, SlotOut[]>();
  for (const slot of slots) {
    const day = slot.local.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return days;
}

interface SlotsProps {
  day: string;
  slots: SlotOut[];
  chosen: string | undefined;
  onChoose: (startsAt: string) => void;
}

function Slots({ day, slots, chosen, onChoose }: SlotsProps): ReactElement {
  const { locale } = usePaydesk();
  const name = useId();
  return (
    <fieldset className="pd-choices pd-slots">
      <legend>{formatDay(day, locale, { dateStyle: "full" })}</legend>
      {slots.map(({ starts_at, local }) => {
        // An hour that the clocks show twice: the offset tells which of them it is.
        const isTwice = slots.filter((other) => other.local.slice(0, 16) === local.slice(0, 16)).length > 1;
        const time = formatDay(`${local.slice(0, 16)}Z`, locale, { timeStyle: "short" });
        return (
          <label key={starts_at} className="pd-choice">
            <input
              type="radio"
              name={name}
              value={starts_at}
              checked={starts_at === chosen}
              onChange={() => onChoose(starts_at)}
            />
            <span>{isTwice ? `${time} (${local.slice(19)})` : time}</span>
          </label>
        );
      })}
    </fieldset>
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

interface AlternativesProps {
  starts: string[];
  timeZone: string;
  onChoose: (startsAt: string) => void;
}

function Alternatives({ starts, timeZone, onChoose }: AlternativesProps): ReactElement | null {
  const { words, locale } = usePaydesk();
  const titleId = useId();
  if (starts.length === 0) return null;
  return (
    <section className="pd-alternatives" aria-labelledby={titleId}>
      <p id={titleId}>{words.alternatives}</p>
      <p className="pd-actions">
        {starts.map((start) => (
          <Button key={start} onClick={() => onChoose(start)}>
            {formatTime(start, locale, timeZone)}
          </Button>
        ))}
      </p>
    </section>
  );
}
