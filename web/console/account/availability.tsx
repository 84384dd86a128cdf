import type { AvailabilityOut } from "@paydesk/client";
import { isProblem } from "@paydesk/client";
import { useAction, usePaydesk, useRead } from "@paydesk/react";
import { type FormEvent, type ReactElement, useId, useState } from "react";

import { CLOCK, type Hours, hoursAfter, readWeek, WEEKDAYS, type Week, writeWeek } from "./hours.js";

const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** The hours of a builder's week and their days off. */
export function Availability({ userId }: { userId: string }): ReactElement {
  const { client } = usePaydesk();
  const kept = useRead(userId, (signal) => client.readAvailability({ builder_id: userId }, { signal }));
  return (
    <div data-state={kept.status}>
      {kept.status === "loading" && (
        <p className="soft" role="status">
          Loading…
        </p>
      )}
      {kept.status === "error" && (
        <div role="alert">
          <p>Your hours could not be read.</p>
          <button type="button" className="pd-button" onClick={kept.refresh}>
            Try again
          </button>
        </div>
      )}
      {kept.data && <WeekForm key={kept.data.etag} userId={userId} kept={kept.data} onStale={kept.refresh} />}
    </div>
  );
}

interface WeekFormProps {
  userId: string;
  kept: AvailabilityOut;
  onStale: () => Promise<void>;
}

function WeekForm({ userId, kept, onStale }: WeekFormProps): ReactElement {
  const { client } = usePaydesk();
  const [week, setWeek] = useState(() => readWeek(kept, new Intl.DateTimeFormat().resolvedOptions().timeZone));
  const [etag, setEtag] = useState(kept.etag);
  const zoneId = useId();
  const zonesId = useId();
  const save = useAction(async (changed: Week) => {
    const written = await client.replaceAvailability({ builder_id: userId, if_match: etag, ...writeWeek(changed) });
    setEtag(written.etag);
    return written;
  });
  const change = (changed: Partial<Week>) => {
    save.reset();
    setWeek({ ...week, ...changed });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run(week);
  };
  const setDay = (index: number, hours: Hours[]) =>
    change({ days: week.days.map((day, at) => (at === index ? hours : day)) });
  return (
    <form className="pd-form" onSubmit={submit} aria-label="When you are there">
      <div className="pd-field">
        <label htmlFor={zoneId}>Time zone</label>
        <input
          id={zoneId}
          list={zonesId}
          required
          value={week.timeZone}
          onChange={(event) => change({ timeZone: event.target.value })}
        />
        <datalist id={zonesId}>
          {Intl.supportedValuesOf("timeZone").map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      {WEEKDAYS.map((day, index) => (
        <Day
          key={day}
          name={NAMES[index] ?? day}
          hours={week.days[index] ?? []}
          onChange={(hours) => setDay(index, hours)}
        />
      ))}
      <DaysOff week={week} onChange={(exceptions) => change({ exceptions })} />
      <p className="pd-actions">
        <button type="submit" className="pd-button pd-primary" aria-busy={save.status === "pending" || undefined}>
          Save
        </button>
        <span role="status">{save.status === "done" && "Saved. What is booked stays booked."}</span>
      </p>
      {save.status === "failed" && <Refused error={save.error} onStale={onStale} />}
    </form>
  );
}

function Refused({ error, onStale }: { error: unknown; onStale: () => Promise<void> }): ReactElement {
  if (isProblem(error, "etag_stale")) {
    return (
      <div className="pd-error" role="alert">
        <p>Your hours were changed elsewhere meanwhile.</p>
        <button type="button" className="pd-button" onClick={onStale}>
          Show them as they are
        </button>
      </div>
    );
  }
  return (
    <p className="pd-error" role="alert">
      {isProblem(error) ? (error.detail ?? error.title) : "The server cannot be reached. Check your connection."}
    </p>
  );
}

interface DayProps {
  name: string;
  hours: Hours[];
  onChange: (hours: Hours[]) => void;
}

function Day({ name, hours, onChange }: DayProps): ReactElement {
  const set = (changed: Hours) => onChange(hours.map((one) => (one.key === changed.key ? changed : one)));
  return (
    <fieldset className="day">
      <legend>{name}</legend>
      {hours.length === 0 && <span className="soft">Not there</span>}
      {hours.map((one) => (
        <span key={one.key} className="hours">
          <Clock label={`${name} from`} value={one.from} onChange={(from) => set({ ...one, from })} />
          <span aria-hidden="true">–</span>
          <Clock label={`${name} to`} value={one.to} onChange={(to) => set({ ...one, to })} />
          <button
            type="button"
            className="pd-button"
            aria-label={`Remove ${one.from} to ${one.to} from ${name}`}
            onClick={() => onChange(hours.filter(({ key }) => key !== one.key))}
          >
            ×
          </button>
        </span>
      ))}
      <button
        type="button"
        className="pd-button"
        aria-label={`Add hours to ${name}`}
        onClick={() => onChange([...hours, hoursAfter(hours.at(-1))])}
      >
        +
      </button>
    </fieldset>
  );
}

function Clock({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <input
      aria-label={label}
      className="clock"
      required
      pattern={CLOCK}
      title="Such as 09:00 or 17:30; 24:00 is the end of the day"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

interface DaysOffProps {
  week: Week;
  onChange: (exceptions: Week["exceptions"]) => void;
}

/** Dates on which the week does not hold. Hours that a program gave them are shown, and go when the date does. */
function DaysOff({ week, onChange }: DaysOffProps): ReactElement {
  const [date, setDate] = useState("");
  const dateId = useId();
  const add = () => {
    if (date === "") return;
    const others = week.exceptions.filter((one) => one.date !== date);
    onChange([...others, { date, hours: [] }].sort((one, other) => one.date.localeCompare(other.date)));
    setDate("");
  };
  return (
    <fieldset className="day">
      <legend>Days off</legend>
      {week.exceptions.map((one) => (
        <span key={one.date} className="hours">
          <span>
            {one.date} {(one.hours ?? []).map(({ from, to }) => `${from}–${to}`).join(", ")}
          </span>
          <button
            type="button"
            className="pd-button"
            aria-label={`Remove ${one.date}`}
            onClick={() => onChange(week.exceptions.filter((other) => other !== one))}
          >
            ×
          </button>
        </span>
      ))}
      <span className="hours">
        <label htmlFor={dateId} className="pd-hidden">
          Another day off
        </label>
        <input id={dateId} type="date" value={date} onChange={(event) => setDate(event.target.value)} />
        <button type="button" className="pd-button" onClick={add}>
          Add day off
        </button>
      </span>
    </fieldset>
  );
}
