// A builder's week as a form holds it, and as the server keeps it.

import type { AvailabilityIn, AvailabilityOut, WeeklyIn } from "@paydesk/client";

/** Hours of a day, as the clock on the wall shows them; `key` tells rows of the form apart. */
export interface Hours {
  key: number;
  from: string;
  to: string;
}

export interface Week {
  timeZone: string;
  /** By weekday, Monday first. */
  days: Hours[][];
  /** Dates on which others hold; those with none are days off. */
  exceptions: AvailabilityOut["exceptions"];
}

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const satisfies (keyof WeeklyIn)[];

/** Hours and minutes in steps of five minutes; 24:00 is the end of the day. */
export const CLOCK = "(([01][0-9]|2[0-3]):[0-5][05]|24:00)";

let rows = 0;

export function newHours(from: string, to: string): Hours {
  rows += 1;
  return { key: rows, from, to };
}

/** The week that is kept; one of nobody's yet begins in the time zone of the browser. */
export function readWeek(kept: AvailabilityOut, ownTimeZone: string): Week {
  return {
    timeZone: kept.updated_at ? kept.time_zone : ownTimeZone,
    days: WEEKDAYS.map((day) => (kept.weekly[day] ?? []).map(({ from, to }) => newHours(from, to))),
    exceptions: kept.exceptions,
  };
}

export function writeWeek({ timeZone, days, exceptions }: Week): AvailabilityIn {
  const weekly: WeeklyIn = {};
  WEEKDAYS.forEach((day, index) => {
    weekly[day] = (days[index] ?? []).map(({ from, to }) => ({ from, to }));
  });
  return { time_zone: timeZone, weekly, exceptions };
}

/** What another row of a day begins with: the afternoon, or what is left behind the last one. */
export function hoursAfter(last: Hours | undefined): Hours {
  if (!last) return newHours("09:00", "17:00");
  return newHours(last.to, last.to < "17:00" ? "17:00" : "24:00");
}
