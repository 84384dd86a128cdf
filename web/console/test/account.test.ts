import type { AvailabilityOut } from "@paydesk/client";
import { expect, test } from "vitest";

import { addressWithin } from "../account/back.js";
import { CLOCK, hoursAfter, newHours, readWeek, writeWeek } from "../account/hours.js";
import { places } from "../account/places.js";

const kept: AvailabilityOut = {
  builder_id: "grace",
  time_zone: "Europe/Berlin",
  weekly: { monday: [{ from: "09:00", to: "12:30" }], sunday: [{ from: "20:00", to: "24:00" }] },
  exceptions: [{ date: "2026-12-24", hours: [] }],
  etag: '"3"',
  updated_at: "2026-01-31T12:00:00Z",
};

test("a week that is read and written is the same", () => {
  const written = writeWeek(readWeek(kept, "Asia/Tokyo"));
  expect(written.time_zone).toBe("Europe/Berlin");
  expect(written.exceptions).toEqual(kept.exceptions);
  expect(written.weekly).toEqual({
    ...Object.fromEntries(Object.keys(written.weekly ?? {}).map((day) => [day, []])),
    ...kept.weekly,
  });
  expect(Object.keys(written.weekly ?? {})).toHaveLength(7);
});

test("a week that nobody said anything of begins in the browser's time zone", () => {
  const nobodys: AvailabilityOut = { ...kept, time_zone: "UTC", weekly: {}, exceptions: [], updated_at: null };
  expect(readWeek(nobodys, "Asia/Tokyo").timeZone).toBe("Asia/Tokyo");
});

test.each([
  [undefined, "09:00", "17:00"],
  ["12:30", "12:30", "17:00"],
  ["18:00", "18:00", "24:00"],
])("behind hours until %s come those from %s to %s", (until, from, to) => {
  expect(hoursAfter(until === undefined ? undefined : newHours("08:00", until))).toMatchObject({ from, to });
});

test.each([
  ["09:00", true],
  ["23:55", true],
  ["24:00", true],
  ["24:05", false],
  ["9:00", false],
  ["09:01", false],
  ["09:60", false],
])("%s is a time of the form: %s", (text, expected) => {
  expect(new RegExp(`^${CLOCK}$`).test(text)).toBe(expected);
});

test("only what is for sale has a page, and only who gives sessions sees those of builders", () => {
  const session = { builder_id: "grace", minutes: 60, notice_minutes: 0, horizon_days: 60, refund_tiers: [] };
  const mixing = {
    id: "m",
    kind: "booking" as const,
    name: "",
    description: "",
    prices: {},
    max_quantity: 1,
    fields: [],
    session,
  };
  const shown = (userId: string) => places.filter(({ isFor }) => isFor([mixing], userId)).map(({ to }) => to);
  expect(shown("ada")).toEqual(["/", "/bookings", "/keys", "/payments"]);
  expect(shown("grace")).toEqual(["/", "/bookings", "/keys", "/payments", "/sessions", "/earnings"]);
});

test.each([
  ["/shop", "https://pay.example.com/shop"],
  ["/shop?from=account", "https://pay.example.com/shop?from=account"],
  ["/.//elsewhere.example/", "https://pay.example.com//elsewhere.example/"],
  [null, undefined],
  ["", undefined],
  ["shop", undefined],
  ["https://elsewhere.example/", undefined],
  ["//elsewhere.example/", undefined],
  ["/\\elsewhere.example/", undefined],
  ["/\t/elsewhere.example/", undefined],
  ["//[", undefined],
  ["javascript:alert(1)", undefined],
])("the way back %s leads to %s", (path, address) => {
  expect(addressWithin("https://pay.example.com", path)).toBe(address);
});
