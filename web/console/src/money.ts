// Amounts as people write them, read without ever being a fraction.

import { decimalsOf } from "@paydesk/react";

/** `12.50` of `usd` is 1250. Nothing where the text is no amount of that currency that is more than nothing. */
export function parseMoney(text: string, currency: string): number | undefined {
  const decimals = decimalsOf(currency);
  const [, whole, part = ""] = /^(\d{1,12})(?:[.,](\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || part.length > decimals) return undefined;
  const minor = Number(whole + part.padEnd(decimals, "0"));
  return minor > 0 && Number.isSafeInteger(minor) ? minor : undefined;
}

/** A whole number above nothing, such as credits. */
export function parseCount(text: string): number | undefined {
  const count = /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : 0;
  return count > 0 ? count : undefined;
}
