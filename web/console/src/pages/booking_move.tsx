// Moving a booking: the free times of its session type, by day, and what the server offers in place of one that was taken.

import type { BookingOut, SlotOut } from "@paydesk/client";
import { alternativesOf } from "@paydesk/react";
import { type ReactElement, useId, useState } from "react";

import { formatDay, formatHour, formatMoment } from "../formats.js";
import { Act } from "../parts/act.js";
import { Button } from "../parts/button.js";
import { Loaded } from "../parts/states.js";
import { useQuery } from "../query.js";
import { client } from "../server.js";

interface MoveProps {
  booking: BookingOut;
  onDone: () => void;
  onSaid: (text: string | undefined) => void;
}

/** How far ahead one request asks for free times, as far as the server lists at once. */
const AHEAD_MS = 62 * 86_400_000;

export function MoveAct({ booking, onDone, onSaid }: MoveProps): ReactElement {
  const [offered, offer] = useState<string[]>([]);
  return (
    <Act
      label="Move booking"
      title="Move this booking to another time?"
      perform={async ({ starts_at = "" }, key) => {
        offer([]);
        try {
          const moved = await client.rescheduleBooking(
            { booking_id: booking.booking_id, starts_at },
            { idempotencyKey: key },
          );
          return `Moved to ${formatMoment(moved.starts_at)}.`;
        } catch (error) {
          offer(alternativesOf(error));
          throw error;
        }
      }}
      onDone={onDone}
      onSaid={(text) => {
        offer([]);
        onSaid(text);
      }}
    >
      <p className="soft">Nothing is paid again. What it costs less now goes back.</p>
      <FreeTimes sessionTypeId={booking.session_type_id} offered={offered} />
    </Act>
  );
}

function FreeTimes({ sessionTypeId, offered }: { sessionTypeId: string; offered: string[] }): ReactElement {
  // What was free a moment ago is not any more: whatever is offered is read anew.
  const query = useQuery(`slots ${sessionTypeId} ${offered.join()}`, (signal) => {
    const now = Date.now();
    const [from, to] = [new Date(now).toISOString(), new Date(now + AHEAD_MS).toISOString()];
    return client.listBookingSlots({ session_type: sessionTypeId, from, to }, { signal });
  });
  return (
    <Loaded query={query}>
      {({ data }) =>
        data.length > 0 ? <Times slots={data} offered={offered} /> : <p className="empty">No time is free.</p>
      }
    </Loaded>
  );
}

/** By the day on which they begin at this browser. */
function grouped(slots: SlotOut[]): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const { starts_at } of slots) {
    const day = formatDay(starts_at);
    days.set(day, [...(days.get(day) ?? []), starts_at]);
  }
  return days;
}

function Times({ slots, offered }: { slots: SlotOut[]; offered: string[] }): ReactElement {
  const [chosen, choose] = useState<string>();
  const [dayId, timeId] = [useId(), useId()];
  const days = grouped(slots);
  // Nothing is chosen unasked, neither at first nor when what was chosen is not free any more.
  const startsAt = slots.some(({ starts_at }) => starts_at === chosen) ? chosen : undefined;
  const day = startsAt ? formatDay(startsAt) : "";
  return (
    <>
      <div className="ask">
        <label htmlFor={dayId}>Day</label>
        <select id={dayId} required value={day} onChange={(event) => choose(days.get(event.target.value)?.[0])}>
          <option value="">Choose a day</option>
          {[...days.keys()].map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </div>
      <div className="ask">
        <label htmlFor={timeId}>Time</label>
        <select
          id={timeId}
          name="starts_at"
          required
          value={startsAt ?? ""}
          onChange={(event) => choose(event.target.value)}
        >
          {day === "" && <option value="">Choose a day first</option>}
          {(days.get(day) ?? []).map((start) => (
            <option key={start} value={start}>
              {formatHour(start)}
            </option>
          ))}
        </select>
      </div>
      {offered.length > 0 && (
        <fieldset className="offered">
          <legend>These times are free</legend>
          {offered.map((start) => (
            <Button key={start} onClick={() => choose(start)}>
              {formatMoment(start)}
            </Button>
          ))}
        </fieldset>
      )}
    </>
  );
}
