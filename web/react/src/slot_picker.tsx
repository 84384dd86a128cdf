import type { ProductOut, SlotOut } from "@paydesk/client";
import { type ReactElement, type ReactNode, useEffect, useId, useMemo, useState } from "react";

import { alternativesOf, useBookingSlots } from "./bookings.js";
import { Calendar } from "./calendar.js";
import { addDays, dayOf, formatDay, lastOf, monthOf } from "./days.js";
import { formatTime } from "./formats.js";
import { Button, Empty, Failure, Loading } from "./parts.js";
import { usePaydesk } from "./provider.js";

/** What can be booked: a session type of the catalogue. */
export type Session = ProductOut & { session: NonNullable<ProductOut["session"]> };

export function isSession(item: ProductOut): item is Session {
  return item.session != null;
}

export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

interface SlotPickerProps {
  item: Session;
  timeZone: string;
  /** The start that is chosen; choosing another day chooses none of its times yet. */
  chosen: string | undefined;
  onChoose: (startsAt: string | undefined) => void;
  /** What went wrong with the chosen start: where the server names others, they are offered. */
  error: unknown;
  /** What is to be done with the chosen start, between the times and those that are offered instead. */
  children?: ReactNode;
}

/** The days and free times of one session type. */
export function SlotPicker(props: SlotPickerProps): ReactElement {
  const { item, timeZone, chosen, onChoose, error, children } = props;
  const { words } = usePaydesk();
  const today = dayOf(Date.now(), timeZone);
  const [at, moveTo] = useState(today);
  const [day, chooseDay] = useState<string>();
  const month = monthOf(at);
  const slots = useBookingSlots({ sessionTypeId: item.id, timeZone, ...around(month) });
  const byDay = useMemo(() => grouped(slots.data?.data), [slots.data]);
  const free = useMemo(() => new Map([...byDay].map(([on, times]) => [on, times.length])), [byDay]);
  const isNone = slots.status === "ready" && ![...free.keys()].some((on) => monthOf(on) === month);
  const { refresh } = slots;
  // What was free a moment ago is not any more.
  useEffect(() => {
    if (alternativesOf(error).length > 0) void refresh();
  }, [error, refresh]);
  const take = (on: string, start?: string) => {
    moveTo(on);
    chooseDay(on);
    onChoose(start);
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
        <Slots day={day} slots={byDay.get(day) ?? []} chosen={chosen} onChoose={(start) => take(day, start)} />
      )}
      {children}
      <Alternatives
        starts={alternativesOf(error)}
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
