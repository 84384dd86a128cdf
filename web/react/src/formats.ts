// Numbers, money and dates as people read them.

/** Currencies that Stripe charges without a minor unit, and with three decimals; all others have two. */
const ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split(" ");
const THREE_DECIMAL = "bhd jod kwd omr tnd".split(" ");

/** How many decimals an amount in this currency has at Stripe. */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  const code = currency.toLowerCase();
  return ZERO_DECIMAL.includes(code) ? 0 : THREE_DECIMAL.includes(code) ? 3 : 2;
}

/** An amount in minor units: `1000` `usd` is $10.00, `1000` `jpy` is ¥1,000. */
export function formatMoney(minor: number, currency: string, locale?: string): string {
  const digits = decimalsOf(currency);
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.toLowerCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(minor / 10 ** digits);
}

export function formatNumber(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** A moment with its weekday, in a time zone; in the browser's own where none is named. */
export function formatTime(moment: string, locale?: string, timeZone?: string): string {
  const options = { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(locale, { ...options, timeZone, timeZoneName: "short" }).format(new Date(moment));
}

/** The day of a moment, in a time zone; in the browser's own where none is named. */
export function formatDate(moment: string, locale?: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone }).format(new Date(moment));
}
