import { BookingList, BookingPicker, CalendarFeed } from "@paydesk/react";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { desk, json, problem, products, show } from "./desk.js";

const CHECKOUT = "POST /api/stripe/create-checkout-session";
const SLOTS = "GET /api/bookings/slots";
const started = { id: "cs_1", url: "https://stripe.example/cs_1", purchase_id: "pur_1", status: "open" };

const mixing = session("mix-session", "Mix session", "grace");
const base = {
  "GET /api/stripe/products": { ...products, data: [...products.data, mixing, session("vocals", "Vocals", "bob")] },
  "GET /api/bookings": { data: [] },
  [CHECKOUT]: started,
};

function session(id: string, name: string, builder_id: string) {
  const refund_tiers = [{ hours_before: 48, percent: 100 }];
  const shape = { builder_id, minutes: 60, notice_minutes: 0, horizon_days: 60, refund_tiers };
  return {
    id,
    kind: "booking",
    name,
    description: "",
    prices: { usd: 6000 },
    max_quantity: 1,
    fields: [],
    session: shape,
  };
}

/** Free times in Berlin, each by its start and what the clock there shows. */
function slots(...times: [string, string][]) {
  const data = times.map(([starts_at, local]) => ({ starts_at, ends_at: starts_at, local }));
  return { session_type_id: "mix-session", builder_id: "grace", time_zone: "Europe/Berlin", data };
}

const early = slots(
  ["2026-10-20T07:00:00Z", "2026-10-20T09:00:00+02:00"],
  ["2026-10-20T08:00:00Z", "2026-10-20T10:00:00+02:00"],
  ["2026-10-28T08:00:00Z", "2026-10-28T09:00:00+01:00"],
);
/** The night in which the clocks there go back. */
const twice = slots(
  ["2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"],
  ["2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"],
);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-10-19T22:30:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const picker = <BookingPicker builderId="grace" timeZone="Europe/Berlin" />;

async function choose(day: RegExp, time: string) {
  fireEvent.click(await screen.findByRole("button", { name: day }));
  fireEvent.click(screen.getByRole("radio", { name: time }));
}

test("a day and a time are picked, the time is held, and the checkout is led to", async () => {
  const navigate = vi.fn();
  const asked: URLSearchParams[] = [];
  const { client, to } = desk({
    ...base,
    [SLOTS]: (request: Request) => {
      asked.push(new URL(request.url).searchParams);
      return json(early);
    },
  });
  const { container } = show(client, picker, { navigate });
  await choose(/^Tuesday, October 20, 2026, 2 times$/, "9:00 AM");
  expect(asked.map((query) => Object.fromEntries(query))).toEqual([
    {
      session_type: "mix-session",
      // A day around the month, whatever the time zone. It is past midnight in Berlin already.
      from: "2026-09-30T00:00:00Z",
      to: "2026-11-02T00:00:00Z",
      time_zone: "Europe/Berlin",
    },
  ]);
  const booking = within(screen.getByRole("region", { name: "Your booking" }));
  booking.getByText("Tue, Oct 20, 9:00 AM GMT+2");
  booking.getByText("Cancel 48 hours before to get 100 % back.");
  fireEvent.click(booking.getByRole("button", { name: "Book and pay $60.00" }));
  await waitFor(() => expect(navigate).toHaveBeenCalledWith(started.url));
  const body = { item_id: "mix-session", starts_at: "2026-10-20T07:00:00Z", currency: "usd" };
  expect(to(CHECKOUT)[0]?.body).toEqual(body);
  expect(screen.queryByText("Vocals"), "another builder's session is not offered").toBeNull();
  expect(container.querySelector(".pd-booking")?.getAttribute("data-state")).toBe("ready");
});

test("an hour that the clocks show twice is told apart", async () => {
  const { client } = desk({ ...base, [SLOTS]: twice });
  show(client, picker);
  await choose(/^Sunday, October 25, 2026, 2 times$/, "2:30 AM (+01:00)");
  screen.getByText("Sun, Oct 25, 2:30 AM GMT+1");
  screen.getByRole("radio", { name: "2:30 AM (+02:00)" });
});

test("who comes too late is shown what the server offers instead, and takes it", async () => {
  const alternatives = ["2026-10-28T08:00:00Z"];
  const answers = [() => problem("slot_taken", 409, { detail: "It is taken.", alternatives }), () => json(started)];
  const navigate = vi.fn();
  const { client, to } = desk({ ...base, [SLOTS]: early, [CHECKOUT]: () => answers.shift()?.() });
  show(client, picker, { navigate });
  await choose(/^Tuesday, October 20, 2026, 2 times$/, "9:00 AM");
  fireEvent.click(screen.getByRole("button", { name: "Book and pay $60.00" }));
  expect((await screen.findByRole("alert")).textContent).toBe("It is taken.");
  await waitFor(() => expect(to(SLOTS), "what is free is read again").toHaveLength(2));
  fireEvent.click(screen.getByRole("button", { name: "Wed, Oct 28, 9:00 AM GMT+1" }));
  expect(screen.queryByRole("alert")).toBeNull();
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "9:00 AM" }).checked).toBe(true);
  fireEvent.click(screen.getByRole("button", { name: "Book and pay $60.00" }));
  await waitFor(() => expect(navigate).toHaveBeenCalledOnce());
  expect(to(CHECKOUT).map(({ body }) => (body as { starts_at: string }).starts_at)).toEqual([
    "2026-10-20T07:00:00Z",
    "2026-10-28T08:00:00Z",
  ]);
});

test("the keyboard goes through days, weeks and months, and not into the past or too far ahead", async () => {
  const { client } = desk({ ...base, [SLOTS]: early });
  show(client, picker);
  (await screen.findByRole("button", { name: /^Tuesday, October 20/ })).focus();
  const day = () => document.activeElement?.getAttribute("data-day");
  for (const [key, expected] of [
    ["ArrowRight", "2026-10-21"],
    ["ArrowDown", "2026-10-28"],
    ["ArrowLeft", "2026-10-27"],
    ["Home", "2026-10-25"],
    ["End", "2026-10-31"],
    ["ArrowUp", "2026-10-24"],
    ["PageUp", "2026-10-20"],
    ["PageDown", "2026-11-20"],
    ["PageDown", "2026-12-19"],
    ["ArrowRight", "2026-12-19"],
  ] as const) {
    fireEvent.keyDown(document.activeElement ?? document.body, { key });
    await waitFor(() => expect(day(), key).toBe(expected));
  }
  screen.getByRole("grid", { name: "December 2026" });
  expect(screen.getByRole("button", { name: "Next month" }).getAttribute("aria-disabled")).toBe("true");
  fireEvent.click(screen.getByRole("button", { name: "Previous month" }));
  await screen.findByRole("grid", { name: "November 2026" });
  await screen.findByText("There are no free times in this month.");
});

test("a day without a free time cannot be chosen", async () => {
  const { client } = desk({ ...base, [SLOTS]: early });
  show(client, picker);
  const nothing = await screen.findByRole("button", { name: "Wednesday, October 21, 2026, nothing is free" });
  await screen.findByRole("button", { name: /^Tuesday, October 20, 2026, 2 times$/ });
  fireEvent.click(nothing);
  expect(screen.queryAllByRole("radio")).toEqual([]);
});

test("all builders' sessions are offered where none is named, and each has its own times", async () => {
  const { client, to } = desk({ ...base, [SLOTS]: early });
  show(client, <BookingPicker timeZone="Europe/Berlin" />);
  fireEvent.click(await screen.findByRole("radio", { name: "Vocals" }));
  await waitFor(() => expect(to(SLOTS)).toHaveLength(2));
});

test("what goes wrong is said, with a way to try again; what is not offered is said too", async () => {
  const answers = [() => problem("unavailable", 503, { detail: "Later." }), () => json(early)];
  const { client } = desk({ ...base, [SLOTS]: () => answers.shift()?.() });
  show(client, picker);
  await screen.findByText("Later.");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByRole("button", { name: /^Tuesday, October 20, 2026, 2 times$/ });
  show(client, <BookingPicker sessionTypeId="gone" />);
  await screen.findByText("This is not for sale at the moment.");
});

const booking = {
  booking_id: "bkg_1",
  client_id: "ada",
  builder_id: "grace",
  session_type_id: "mix-session",
  purchase_id: "pur_1",
  starts_at: "2026-10-20T07:00:00Z",
  ends_at: "2026-10-20T08:00:00Z",
  status: "pending",
  amount_minor: 6000,
  currency: "usd",
  refund_tiers: [],
  refund_percent_max: 100,
  paid_minor: 0,
  refunded_minor: 0,
  created_at: "2026-10-19T12:00:00Z",
  updated_at: "2026-10-19T12:00:00Z",
};

test("each booking shows where it stands, and what is held can be paid for", async () => {
  const navigate = vi.fn();
  const data = [booking, { ...booking, booking_id: "bkg_2", status: "refunded", refunded_minor: 6000 }];
  const { client, to } = desk({ ...base, "GET /api/bookings": { data } });
  show(client, <BookingList />, { navigate });
  await screen.findByText("Held until it is paid");
  screen.getByText("Refunded");
  screen.getByText("$60.00 given back");
  fireEvent.click(await screen.findByRole("button", { name: "Pay for Mix session" }));
  await waitFor(() => expect(navigate).toHaveBeenCalledWith(started.url));
  expect(to(CHECKOUT)[0]?.body).toEqual({
    item_id: "mix-session",
    starts_at: "2026-10-20T07:00:00Z",
    currency: "usd",
  });
});

test("a booking that is paid for is seen to be confirmed", async () => {
  const statuses = ["pending", "confirmed"];
  const told = `id: 1\nevent: booking\ndata: {"booking_id":"bkg_1","status":"confirmed"}\n\n`;
  const { client } = desk({
    ...base,
    "GET /api/bookings": () => json({ data: [{ ...booking, status: statuses.shift() ?? "confirmed" }] }),
    "GET /api/updates": () => new Response(told),
  });
  show(client, <BookingList />, { isLive: true });
  await screen.findByText("Confirmed");
});

test("who has booked nothing is told so", async () => {
  const { client } = desk(base);
  const { container } = show(client, <BookingList />);
  await screen.findByText("You have not booked anything yet.");
  expect(container.querySelector(".pd-bookings")?.getAttribute("data-state")).toBe("empty");
});

test.each([
  ["2026-10-22T07:00:00Z", "100 % of the price comes back."],
  ["2026-10-21T07:00:00Z", "50 % of the price comes back."],
  ["2026-10-20T07:00:00Z", "Nothing comes back so late."],
])("a booking of %s is cancelled once it was said what comes back", async (starts_at, text) => {
  const refund_tiers = [
    { hours_before: 24, percent: 50 },
    { hours_before: 48, percent: 100 },
  ];
  const confirmed = { ...booking, starts_at, refund_tiers, status: "confirmed" };
  const { client, to } = desk({
    ...base,
    "GET /api/bookings": {
      data: [confirmed, { ...confirmed, booking_id: "bkg_0", starts_at: "2026-10-01T07:00:00Z" }],
    },
    "POST /api/bookings/bkg_1/cancel": { ...confirmed, status: "cancelled" },
  });
  show(client, <BookingList />);
  await screen.findAllByText("Mix session");
  expect(screen.getAllByRole("button", { name: /^Cancel / }), "what has begun is not cancelled").toHaveLength(1);
  fireEvent.click(screen.getByRole("button", { name: "Cancel Mix session?" }));
  const question = within(await screen.findByRole("dialog"));
  question.getByText(text);
  fireEvent.click(question.getByRole("button", { name: "Cancel" }));
  await screen.findByText("The booking is cancelled.");
  expect(to("POST /api/bookings/bkg_1/cancel")).toHaveLength(1);
});

test("who gives a session gives everything back when they cancel", async () => {
  const confirmed = { ...booking, client_id: "bob", builder_id: "ada", status: "confirmed" };
  const { client } = desk({ ...base, "GET /api/bookings": { data: [confirmed] } });
  show(client, <BookingList isGiven />);
  fireEvent.click(await screen.findByRole("button", { name: "Cancel Mix session?" }));
  within(await screen.findByRole("dialog")).getByText("Your client gets everything back.");
});

test("who moved a booking late gets no more back than they would have then", async () => {
  const refund_tiers = [{ hours_before: 24, percent: 100 }];
  const moved = { ...booking, status: "confirmed", starts_at: "2026-11-20T07:00:00Z", refund_tiers };
  const { client } = desk({ ...base, "GET /api/bookings": { data: [{ ...moved, refund_percent_max: 50 }] } });
  show(client, <BookingList />);
  fireEvent.click(await screen.findByRole("button", { name: "Cancel Mix session?" }));
  within(await screen.findByRole("dialog")).getByText("50 % of the price comes back.");
});

const MOVE = "POST /api/bookings/bkg_1/reschedule";

test("a booking is moved to another session of its builder; a client pays what that costs more", async () => {
  const costing = (id: string, name: string, usd: number) => ({ ...session(id, name, "grace"), prices: { usd } });
  const others = [costing("chat", "Chat", 4500), costing("day", "Whole day", 9000), costing("talk", "Talk", 6000)];
  const elsewhere = { ...session("yen", "In yen only", "grace"), prices: { jpy: 1 } };
  const sold = [mixing, ...others, elsewhere, session("vocals", "Vocals", "bob")];
  const confirmed = { ...booking, status: "confirmed", starts_at: "2026-10-20T07:00:00Z" };
  const { client, to } = desk({
    ...base,
    "GET /api/stripe/products": { ...products, data: sold },
    "GET /api/bookings": { data: [confirmed] },
    [SLOTS]: early,
    [MOVE]: { ...confirmed, session_type_id: "chat", starts_at: "2026-10-28T08:00:00Z" },
  });
  const navigate = vi.fn();
  const { unmount } = show(client, <BookingList />, { navigate });
  const ask = async () => {
    fireEvent.click(await screen.findByRole("button", { name: /^Move/ }));
    return within(await screen.findByRole("dialog"));
  };
  const question = await ask();
  const choice = await question.findByRole("combobox", { name: "Session" });
  const names = () =>
    within(choice)
      .getAllByRole("option")
      .map(({ textContent }) => textContent);
  expect(names()).toEqual(["Mix session", "Chat", "Whole day", "Talk"]);
  expect(question.queryByText(/costs less/)).toBeNull();
  fireEvent.change(choice, { target: { value: "chat" } });
  question.getByText("It costs less: $15.00 of what was paid goes back.");
  fireEvent.click(await question.findByRole("button", { name: /^Wednesday, October 28, 2026, 1 time/ }));
  fireEvent.click(question.getByRole("radio"));
  fireEvent.click(question.getByRole("button", { name: "Move" }));
  await screen.findByText(/^The booking has moved to Wed, Oct 28/);
  expect(to(MOVE).map(({ body }) => body)).toEqual([{ starts_at: "2026-10-28T08:00:00Z", session_type: "chat" }]);

  const dearer = await ask();
  fireEvent.change(await dearer.findByRole("combobox", { name: "Session" }), { target: { value: "day" } });
  dearer.getByText("It costs $30.00 more. The booking moves once that is paid.");
  fireEvent.click(await dearer.findByRole("button", { name: /^Wednesday, October 28, 2026, 1 time/ }));
  fireEvent.click(dearer.getByRole("radio"));
  fireEvent.click(dearer.getByRole("button", { name: "Pay $30.00 and move" }));
  await waitFor(() => expect(navigate).toHaveBeenCalledWith(started.url));
  expect(to(CHECKOUT).map(({ body }) => body)).toEqual([
    { booking_id: "bkg_1", item_id: "day", starts_at: "2026-10-28T08:00:00Z", currency: "usd" },
  ]);
  unmount();

  show(client, <BookingList isGiven />);
  const given = await ask();
  const all = within(await given.findByRole("combobox", { name: "Session" }));
  expect(all.getAllByRole("option")).toHaveLength(4);
});

test("a booking is moved to another free time; where somebody was faster, to one that is offered", async () => {
  const refund_tiers = [{ hours_before: 9, percent: 40 }];
  const confirmed = { ...booking, status: "confirmed", starts_at: "2026-10-20T08:30:00Z", refund_tiers };
  const moved = { ...confirmed, starts_at: "2026-10-28T08:00:00Z" };
  const listed = [confirmed, moved];
  const answers = [
    () => problem("slot_taken", 409, { detail: "It is taken.", alternatives: [moved.starts_at] }),
    () => json(moved),
  ];
  const { client, to } = desk({
    ...base,
    [SLOTS]: early,
    "GET /api/bookings": () => json({ data: [listed.shift() ?? moved] }),
    [MOVE]: () => answers.shift()?.(),
  });
  show(client, <BookingList />);
  fireEvent.click(await screen.findByRole("button", { name: "Move Mix session to another time" }));
  const question = within(await screen.findByRole("dialog"));
  question.getByText("If you cancel it after moving it, 40 % comes back at most.");
  const confirm = question.getByRole("button", { name: "Move" });
  fireEvent.click(confirm);
  expect(to(MOVE), "nothing is chosen yet").toHaveLength(0);
  fireEvent.click(await question.findByRole("button", { name: /^Tuesday, October 20, 2026, 2 times$/ }));
  fireEvent.click(question.getByRole("radio", { name: "9:00 AM" }));
  fireEvent.click(confirm);
  expect((await question.findByRole("alert")).textContent).toBe("It is taken.");
  fireEvent.click(within(question.getByRole("region", { name: "These times are free:" })).getByRole("button"));
  expect(question.queryByRole("alert")).toBeNull();
  fireEvent.click(confirm);
  await screen.findByText(/^The booking has moved to Wed, Oct 28/);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(to(MOVE).map(({ body }) => body)).toEqual([
    { starts_at: "2026-10-20T07:00:00Z" },
    { starts_at: "2026-10-28T08:00:00Z" },
  ]);
  expect(document.querySelector(".pd-booked time")?.getAttribute("dateTime")).toBe("2026-10-28T08:00:00Z");
});

test("what is not for sale any more cannot be moved, and says so", async () => {
  const confirmed = { ...booking, status: "confirmed", session_type_id: "gone" };
  const { client } = desk({ ...base, "GET /api/bookings": { data: [confirmed] } });
  show(client, <BookingList />);
  fireEvent.click(await screen.findByRole("button", { name: "Move gone to another time" }));
  within(await screen.findByRole("dialog")).getByText("This is not for sale at the moment.");
});

test("who gives a session that has begun notes that its client did not come; its client does not", async () => {
  const begun = { ...booking, status: "confirmed", starts_at: "2026-10-19T20:00:00Z" };
  const marked = { ...begun, status: "no_show" };
  const answers = [() => problem("booking_not_changeable", 409, { detail: "Not now." }), () => json(marked)];
  const listed = [begun, marked];
  const { client } = desk({
    ...base,
    "GET /api/bookings": () => json({ data: [listed.shift() ?? marked] }),
    "POST /api/bookings/bkg_1/no-show": () => answers.shift()?.(),
  });
  const { unmount } = show(client, <BookingList isGiven />);
  fireEvent.click(await screen.findByRole("button", { name: "Client did not come to Mix session?" }));
  const question = within(await screen.findByRole("dialog"));
  fireEvent.click(question.getByRole("button", { name: "Client did not come" }));
  expect((await question.findByRole("alert")).textContent).toBe("Not now.");
  fireEvent.click(question.getByRole("button", { name: "Client did not come" }));
  await screen.findByText("Noted: the client did not come.");
  screen.getByText("Missed");
  unmount();
  listed.push(begun);
  show(client, <BookingList />);
  await screen.findByText("Confirmed");
  expect(screen.queryByRole("button")).toBeNull();
});

test.each([
  ["client", <CalendarFeed key="c" />],
  ["builder", <CalendarFeed key="b" isGiven />],
])(
  "the address of the calendar of a %s is made once it was said what that ends, and shown once",
  async (part, feed) => {
    const FEEDS = "POST /api/calendar-feeds";
    const urls = ["https://pay.example.com/calendars/cal_1.ics", "https://pay.example.com/calendars/cal_2.ics", null];
    const END = `DELETE /api/calendar-feeds/${part}`;
    const there = [{ part: part === "client" ? "builder" : "client", made_at: "2026-01-01T00:00:00Z" }];
    const { client, to } = desk({
      "GET /api/calendar-feeds": () => json({ data: there }),
      [FEEDS]: () => {
        if (there.length === 1) there.push({ part, made_at: "2026-01-02T00:00:00Z" });
        return json({ user_id: "ada", part, url: urls.shift() }, 201);
      },
      [END]: () => {
        there.pop();
        return new Response(null, { status: 204 });
      },
    });
    show(client, feed);
    const make = async () => {
      const question = within(await screen.findByRole("dialog"));
      question.getByText(/stops working at once/);
      fireEvent.click(question.getByRole("button", { name: "Get an address" }));
      await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    };
    fireEvent.click(screen.getByRole("button", { name: "Get an address" }));
    expect(to(FEEDS)).toHaveLength(0);
    await make();
    await screen.findByText("https://pay.example.com/calendars/cal_1.ics");
    fireEvent.click(await screen.findByRole("button", { name: "Replace the address" }));
    await make();
    await screen.findByText("https://pay.example.com/calendars/cal_2.ics");
    expect(screen.queryByText(/cal_1/)).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Close" }));
    fireEvent.click(screen.getByRole("button", { name: "Replace the address" }));
    await make();
    await screen.findByText("The address was made, but got lost on the way. Ask for another one.");
    expect(to(FEEDS).map(({ body }) => body)).toEqual([{ part }, { part }, { part }]);
    fireEvent.click(screen.getByRole("button", { name: "Stop the calendar" }));
    expect(to(END)).toHaveLength(0);
    const question = within(await screen.findByRole("dialog"));
    fireEvent.click(question.getByRole("button", { name: "Stop the calendar" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    screen.getByRole("button", { name: "Get an address" });
    expect(screen.queryByRole("button", { name: "Stop the calendar" })).toBeNull();
    expect(screen.queryByRole("alert")).toBeNull();
  },
);
