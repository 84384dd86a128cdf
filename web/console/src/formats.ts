// Words for what the API says in codes; amounts, counts and moments as people read them. Every page takes them from here, so that the
// same amount looks the same wherever it stands.

import { decimalsOf, formatDate, formatMoney as formatIn, formatNumber } from "@paydesk/react";

/** The language of the console, for every figure in it. */
const LOCALE = "en";

/** `awaiting_payment` as `Awaiting payment`. */
export function say(code: string): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export type Tone = "good" | "bad" | "warn" | "calm" | "busy";

const TONES: Record<Tone, string> = {
  good: "paid succeeded processed delivered sent active enabled won refunded approved captured trialing complete confirmed made",
  bad: "failed dead lost refused disabled unpaid revoked incomplete_expired needs_response appeal_needs_response paid_unplaced",
  warn: "retrying past_due requires_action requires_payment_method suspended waiting incomplete warning_needs_response unrevealed frozen restricted unknown no_show",
  busy: "received pending open awaiting_funds awaiting_payment in_progress processing under_review created creating onboarding held in_transit",
  calm: "",
};

/** How a status is to be looked at. What nobody has heard of is nothing to worry about. */
export function toneOf(status: string): Tone {
  for (const [tone, statuses] of Object.entries(TONES)) {
    if (statuses.split(" ").includes(status)) return tone as Tone;
  }
  return "calm";
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const ago = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto", style: "short" });
const near = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" });
const dayOfWeek = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full" });
const hour = new Intl.DateTimeFormat(LOCALE, { hour: "numeric", minute: "2-digit", timeZoneName: "short" });
const whole = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });

const change = new Intl.NumberFormat(LOCALE, { signDisplay: "exceptZero" });
const share = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 1 });

/** `1000` `usd` as `$10.00`. */
export function formatMoney(minor: number, currency: string): string {
  return formatIn(minor, currency, LOCALE);
}

export function formatCount(value: number): string {
  return formatNumber(value, LOCALE);
}

/** A round figure where there is little room, as at an axis: `150000` `usd` as `$1.5K`, a count where there is no currency. */
export function formatShort(value: number, currency?: string): string {
  const style = currency ? ({ style: "currency", currency } as const) : {};
  const short = new Intl.NumberFormat(LOCALE, {
    ...style,
    notation: "compact",
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  });
  return short.format(currency ? value / 10 ** decimalsOf(currency) : value);
}

/** A count that came or went: `+5`, `-5`. */
export function formatChange(value: number): string {
  return change.format(value);
}

/** An amount of whatever its unit says: `credits`, or a currency. */
export function formatAmount(amount: number, unit: string): string {
  return unit === "credits"
    ? `${formatCount(amount)} ${Math.abs(amount) === 1 ? "credit" : "credits"}`
    : formatMoney(amount, unit);
}

/** Within a week how long ago, else the day. */
export function formatAgo(moment: string, now: Date): string {
  const at = new Date(moment);
  const seconds = Math.round((at.getTime() - now.getTime()) / 1_000);
  if (Math.abs(seconds) >= 7 * 86_400) return near.format(at);
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? (["second", 1] as const);
  return ago.format(Math.trunc(seconds / step[1]), step[0]);
}

export function formatMoment(moment: string): string {
  return whole.format(new Date(moment));
}

/** The day of a moment, with its weekday. */
export function formatDay(moment: string): string {
  return dayOfWeek.format(new Date(moment));
}

/** The day on which money is to be at a bank: Stripe names it by its beginning in UTC. */
export function formatArrival(moment: string): string {
  return formatDate(moment, LOCALE, "UTC");
}

/** The time of a moment within its day. */
export function formatHour(moment: string): string {
  return hour.format(new Date(moment));
}

/** An id with its middle left out, where it is long. */
export function shorten(id: string): string {
  return id.length > 22 ? `${id.slice(0, 10)}…${id.slice(-6)}` : id;
}

/** `250` as `2.5 %`. */
export function formatBasisPoints(points: number): string {
  return share.format(points / 10_000);
}
