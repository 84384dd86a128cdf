// Which days a report is about: so many up to today, UTC, and how much one point of a plot covers.

export const SPANS = ["7", "30", "90", "365"] as const;
export type Span = (typeof SPANS)[number];

/** The span in the address, or a month. */
export function spanOf(text: string | null): Span {
  return SPANS.find((span) => span === text) ?? "30";
}

export interface Days {
  from: string;
  to: string;
  interval: "day" | "week" | "month";
}

export function daysOf(span: Span, now: Date): Days {
  const days = Number(span);
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - days + 1));
  const interval = days > 180 ? "month" : days > 45 ? "week" : "day";
  return { from: day(from), to: day(now), interval };
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}
