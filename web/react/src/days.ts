// Days of a calendar as texts, `2026-03-30`: they belong to no time zone, so no change of the clocks can move them.

const DAY_MS = 86_400_000;

/** The day that it is at a moment in a time zone. */
export function dayOf(moment: number | string, timeZone: string): string {
  // Swedes write a date as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(new Date(moment));
}

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of another month, or its last where it is shorter. */
export function addMonths(day: string, count: number): string {
  const first = new Date(`${monthOf(day)}-01`);
  first.setUTCMonth(first.getUTCMonth() + count);
  const month = monthOf(first.toISOString());
  const same = `${month}${day.slice(7)}`;
  return same <= lastOf(month) ? same : lastOf(month);
}

/** The month of a day, `2026-03`. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

export function lastOf(month: string): string {
  const first = new Date(`${month}-01`);
  return new Date(first.setUTCMonth(first.getUTCMonth() + 1) - DAY_MS).toISOString().slice(0, 10);
}

/** How many days after the beginning of its week a day lies. */
export function daysIntoWeek(day: string, locale?: string): number {
  return (new Date(day).getUTCDay() - firstOfWeek(locale) + 7) % 7;
}

interface WeekInfo {
  firstDay: number;
}

/** The weekday with which weeks begin there: 1 is Monday, 7 is Sunday. Where the browser does not know, Monday. */
function firstOfWeek(locale: string | undefined): number {
  const named = new Intl.Locale(locale ?? new Intl.DateTimeFormat().resolvedOptions().locale);
  const { weekInfo, getWeekInfo } = named as { weekInfo?: WeekInfo; getWeekInfo?: () => WeekInfo };
  return (getWeekInfo?.call(named) ?? weekInfo)?.firstDay ?? 1;
}

/** A day, or the month it is in, as people write it. */
export function formatDay(day: string, locale: string | undefined, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(new Date(day));
}
