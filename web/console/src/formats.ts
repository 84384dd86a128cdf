// Words for what the API says in codes, and moments as people read them.

/** `awaiting_payment` as `Awaiting payment`. */
export function say(code: string): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export type Tone = "good" | "bad" | "warn" | "calm" | "busy";

const TONES: Record<Tone, string> = {
  good: "paid succeeded processed delivered sent active enabled won refunded approved captured trialing complete",
  bad: "failed dead lost refused disabled unpaid revoked incomplete_expired needs_response appeal_needs_response",
  warn: "retrying past_due requires_action suspended waiting incomplete warning_needs_response unrevealed frozen",
  busy: "received pending open awaiting_funds awaiting_payment in_progress under_review created held",
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
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const near = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const whole = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

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

/** An id with its middle left out, where it is long. */
export function shorten(id: string): string {
  return id.length > 22 ? `${id.slice(0, 10)}…${id.slice(-6)}` : id;
}

/** `250` as `2.5 %`. */
export function formatBasisPoints(points: number): string {
  return new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 }).format(points / 10_000);
}
