// How values become places in a plot: whole steps, as a person would draw them.

/** Steps from below the least to above the greatest value, through nothing. */
export function ticks(values: number[], wanted = 4): number[] {
  const least = Math.min(0, ...values);
  const greatest = Math.max(0, ...values);
  if (least === greatest) return [0, 1];
  const rough = (greatest - least) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  // Half a credit or half a cent is nothing anybody has.
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? power);
  const found: number[] = [];
  for (let at = Math.floor(least / step); at <= Math.ceil(greatest / step); at += 1) found.push(at * step);
  return found;
}

/** Where a value stands between two, as a share of a length. */
export function place(value: number, from: number, to: number, length: number): number {
  return to === from ? 0 : Math.round(((value - from) / (to - from)) * length * 10) / 10;
}
