// What the console decides by itself: what a text names, what an amount is, how a plot is scaled, which days are meant.

import { describe, expect, test } from "vitest";

import { find, foundUsers } from "../src/find.js";
import {
  formatAgo,
  formatAmount,
  formatArrival,
  formatBasisPoints,
  formatChange,
  formatShort,
  say,
  shorten,
  toneOf,
} from "../src/formats.js";
import { parseCount, parseMoney } from "../src/money.js";
import { entries, entryAt } from "../src/places.js";
import { place, ticks } from "../src/scale.js";
import { daysOf, spanOf } from "../src/spans.js";

test("an address belongs to an entry of the menu", () => {
  expect(entryAt("/purchases/pur_1")?.label).toBe("Payments");
  expect(entryAt("/refund-requests/rrq_1")?.label).toBe("Refund requests");
  expect(entryAt("/nothing")).toBeUndefined();
});

test("no two lists have the same key after g", () => {
  expect(new Set(entries.map(({ letter }) => letter)).size).toBe(entries.length);
});

describe("a text that somebody looks for", () => {
  test.each([
    ["pur_01", "/purchases/pur_01"],
    ["evt_1", "/events/evt_1"],
    ["re_1", "/refunds/re_1"],
    ["ord_1", "/orders/ord_1"],
    ["in_1", "/purchases/in_1"],
    ["pi_1", "/payments/pi_1"],
    ["ch_1", "/payments/ch_1"],
    ["sub_1", "/subscriptions/sub_1"],
    ["pur_../x", "/purchases/pur_..%2Fx"],
    ["invoice.paid", "/events?type=invoice.paid"],
  ])("%s leads to %s", (text, to) => {
    expect(find(text)[0]?.to).toBe(to);
  });

  test.each(["  ", "two words", "pur_", "ada", "../x", "ada@people.example"])("%s is nothing by itself", (text) => {
    expect(find(text)).toEqual([]);
  });

  test("names the users that the server knows, and where the others of them are", () => {
    const ada = { user_id: "ada/1", email: "ada@people.example", balance: 0, tiers: [] };
    const bob = { user_id: "adam", balance: 0, tiers: [] };
    expect(foundUsers("ad", { data: [] })).toEqual([]);
    expect(foundUsers(" ad ", { data: [ada, bob], next: "adam" })).toEqual([
      { label: "User ada/1, ada@people.example", to: "/users/ada%2F1" },
      { label: "User adam", to: "/users/adam" },
      { label: "All users by “ad”", to: "/users?search=ad" },
    ]);
  });
});

describe("an amount that somebody writes", () => {
  test.each([
    ["12.50", "usd", 1250],
    ["12,5", "eur", 1250],
    ["0.07", "usd", 7],
    ["1000", "jpy", 1000],
    ["1.234", "kwd", 1234],
    ["8.29", "usd", 829],
  ])("%s %s is %d", (text, currency, minor) => {
    expect(parseMoney(text, currency)).toBe(minor);
  });

  test.each([
    ["0", "usd"],
    ["-1", "usd"],
    ["1.234", "usd"],
    ["1.5", "jpy"],
    ["1e3", "usd"],
    ["9".repeat(20), "usd"],
    ["", "usd"],
  ])("%s %s is none", (text, currency) => {
    expect(parseMoney(text, currency)).toBeUndefined();
  });

  test("a number of credits is whole and above nothing", () => {
    expect(["5", "0", "-1", "1.5", "1e3", " 12 "].map(parseCount)).toEqual([
      5,
      undefined,
      undefined,
      undefined,
      undefined,
      12,
    ]);
  });
});

describe("a plot", () => {
  test("has whole steps around all values and nothing", () => {
    expect(ticks([0, 95])).toEqual([0, 50, 100]);
    expect(ticks([-30, 60])).toEqual([-50, 0, 50, 100]);
    expect(ticks([0, 0])).toEqual([0, 1]);
    expect(ticks([1])).toEqual([0, 1]);
  });

  test("puts a value at its share of the length", () => {
    expect(place(5, 0, 10, 100)).toBe(50);
    expect(place(5, 5, 5, 100)).toBe(0);
  });
});

test("a span ends today, UTC, and has no more points than can be seen", () => {
  const now = new Date("2026-03-01T23:30:00-03:00");
  expect(daysOf("7", now)).toEqual({ from: "2026-02-24", to: "2026-03-02", interval: "day" });
  expect(daysOf("90", now).interval).toBe("week");
  expect(daysOf("365", now)).toEqual({ from: "2025-03-03", to: "2026-03-02", interval: "month" });
  expect(spanOf("12")).toBe("30");
});

test("an amount is written by its unit", () => {
  expect(formatAmount(1_000, "usd")).toBe("$10.00");
  expect(formatAmount(-1_000, "jpy")).toBe("-¥1,000");
  expect(formatAmount(1, "credits")).toBe("1 credit");
  expect(formatAmount(-1_200, "credits")).toBe("-1,200 credits");
  expect([5, 0, -5].map(formatChange)).toEqual(["+5", "0", "-5"]);
});

test("a figure at an axis takes little room", () => {
  expect(formatShort(150_000, "usd")).toBe("$1.5K");
  expect(formatShort(-50_000, "usd")).toBe("-$500");
  expect(formatShort(2_000_000, "jpy")).toBe("¥2M");
  expect(formatShort(20, "usd")).toBe("$0.2");
  expect([0, 950, 12_000].map((value) => formatShort(value))).toEqual(["0", "950", "12K"]);
});

test("codes are said in words, and statuses have a tone", () => {
  expect(say("awaiting_payment")).toBe("Awaiting payment");
  expect(toneOf("dead")).toBe("bad");
  expect(toneOf("never heard of")).toBe("calm");
  expect(shorten("pur_01k3vg6p9yfd5a1h0c9w8t2m4q")).toBe("pur_01k3vg…8t2m4q");
  expect(formatBasisPoints(250)).toBe("2.5%");
});

test("money is at a bank on the day that Stripe means, wherever it is read", () => {
  expect(formatArrival("2026-03-10T00:00:00Z")).toBe("Mar 10, 2026");
});

test("a moment is told by how long ago it was, within a week", () => {
  const now = new Date("2026-03-10T12:00:00Z");
  expect(formatAgo("2026-03-10T11:58:00Z", now)).toBe("2 min. ago");
  expect(formatAgo("2026-03-09T12:00:00Z", now)).toBe("yesterday");
  expect(formatAgo("2026-01-10T12:00:00Z", now)).toBe("Jan 10, 2026");
});
