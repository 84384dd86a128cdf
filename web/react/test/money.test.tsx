// What is told of money: history, invoices, notices, and what happens when credits run low.

import { CreditHistory, InvoiceList, NoticeList, PurchaseList, TopUpSettings } from "@paydesk/react";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk, json, problem, products, show } from "./desk.js";

const TOP_UP = "/api/financial/credits/ada/top-up";
const HISTORY = "GET /api/financial/credits/ada/history";
const off = { user_id: "ada", state: "off" };
const spent = {
  transfer_id: "t1",
  at: "2026-01-31T12:00:00Z",
  code: "spend",
  what: "Used",
  amount: -1500,
  balance: 95,
  reason: "one song",
  lots: [],
};
const held = { ...spent, transfer_id: "t2", code: "hold", what: "Set aside", amount: 0, balance: null, reason: null };

test("history says what for, how many and how many there were afterwards", async () => {
  const { client } = desk({ [HISTORY]: { data: [spent, held, { ...spent, transfer_id: "t3", amount: 7 }] } });
  show(client, <CreditHistory />);
  const rows = within(await screen.findByRole("table", { name: "What happened to your credits" })).getAllByRole("row");
  expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
    ["When", "What", "Credits", "Balance"],
    ["Jan 31, 2026", "Used one song", "-1,500", "95"],
    ["Jan 31, 2026", "Set aside", "0", ""],
    ["Jan 31, 2026", "Used one song", "+7", "95"],
  ]);
});

test("a page of the history may be short and still not be the last", async () => {
  const pages: Record<string, unknown> = { "": { data: [], next: "7" }, "7": { data: [spent] } };
  const { client } = desk({
    [HISTORY]: (request: Request) => json(pages[new URL(request.url).searchParams.get("after") ?? ""]),
  });
  const { container } = show(client, <CreditHistory />);
  fireEvent.click(await screen.findByRole("button", { name: "Show more" }));
  await screen.findByText("Used");
  expect(container.querySelector(".pd-history")?.getAttribute("data-state")).toBe("ready");
});

test("a history without an end or a beginning is empty", async () => {
  const { client } = desk({ [HISTORY]: { data: [] } });
  show(client, <CreditHistory />);
  await screen.findByText("Nothing has happened to your credits yet.");
});

test("invoices lead to Stripe's pages, and nowhere else", async () => {
  const invoice = {
    invoice_id: "in_1",
    number: "A-1",
    status: "paid",
    total_minor: 2900,
    amount_due_minor: 0,
    amount_paid_minor: 2900,
    currency: "usd",
    created_at: "2026-01-31T12:00:00Z",
  };
  const data = [
    { ...invoice, hosted_invoice_url: "https://stripe.example/in_1", invoice_pdf: "https://stripe.example/in_1.pdf" },
    { ...invoice, invoice_id: "in_2", number: null, status: "odd", hosted_invoice_url: "javascript:alert(1)" },
  ];
  const { client } = desk({ "GET /api/subscriptions/ada/invoices": { data } });
  show(client, <InvoiceList />);
  expect((await screen.findByRole("link", { name: "Invoice A-1" })).getAttribute("href")).toBe(
    "https://stripe.example/in_1",
  );
  screen.getByRole("link", { name: "PDF Invoice A-1" });
  screen.getByText("Paid");
  screen.getByText("Invoice in_2");
  screen.getByText("odd");
  expect(screen.getAllByRole("link")).toHaveLength(2);
  expect(screen.getAllByText("$29.00")).toHaveLength(2);
});

test("purchases say where they stand, and one that was not finished can be gone on with", async () => {
  const navigate = vi.fn();
  const purchase = {
    purchase_id: "pur_1",
    user_id: "ada",
    kind: "credit_pack",
    item_id: "starter",
    quantity: 3,
    credits: 300,
    priority: 0,
    amount_minor: 3000,
    refunded_minor: 0,
    currency: "usd",
    status: "open",
    automatic: false,
    url: "https://stripe.example/cs_1",
    created_at: "2026-01-31T12:00:00Z",
  };
  const bought = {
    ...purchase,
    purchase_id: "pur_2",
    item_id: "gone",
    quantity: 1,
    status: "paid",
    refunded_minor: 200,
    automatic: true,
    url: null,
  };
  const { client } = desk({ "GET /api/stripe/products": products, "GET /api/purchases": { data: [purchase, bought] } });
  show(client, <PurchaseList />, { navigate });
  await screen.findByText("3 × Starter pack");
  screen.getByText("gone");
  screen.getByText("bought when credits ran low");
  screen.getByText("$2.00 given back");
  fireEvent.click(screen.getByRole("button", { name: "Pay for Starter pack" }));
  expect(navigate).toHaveBeenCalledWith("https://stripe.example/cs_1");
});

test("who has bought nothing is told so", async () => {
  const { client } = desk({ "GET /api/stripe/products": products, "GET /api/purchases": { data: [] } });
  show(client, <PurchaseList />);
  await screen.findByText("You have not bought anything yet.");
});

test("notices are told in words, and new ones while somebody looks", async () => {
  const low = {
    notice_id: "ntc_1",
    user_id: "ada",
    kind: "low_balance",
    balance: 12,
    below: 50,
    created_at: "2026-01-31T12:00:00Z",
  };
  const ends = { ...low, notice_id: "ntc_2", kind: "trial_will_end", balance: null, ends_at: "2026-02-01T12:00:00Z" };
  const lists = [[], [low, ends]];
  const updates = `id: 1\nevent: notice\ndata: ${JSON.stringify(low)}\n\n`;
  const { client } = desk({
    "GET /api/notices": () => json({ data: lists.length > 1 ? lists.shift() : lists[0] }),
    "GET /api/updates": () => new Response(updates, { headers: { "content-type": "text/event-stream" } }),
  });
  show(client, <NoticeList />, { isLive: true });
  await screen.findByText("Your credits run low: 12 are left.");
  screen.getByText("Your trial ends on Feb 1, 2026.");
});

test("what is wanted when credits run low is saved, and what is in the way is said", async () => {
  const navigate = vi.fn();
  const saved = {
    ...off,
    state: "needs_payment_method",
    low_balance_notice_below: 50,
    below: 20,
    item_id: "starter",
    quantity: 1,
    amount_minor: 1000,
    currency: "usd",
  };
  const { client, to } = desk({
    "GET /api/stripe/products": products,
    [`GET ${TOP_UP}`]: off,
    [`PUT ${TOP_UP}`]: saved,
    [`POST ${TOP_UP}/setup`]: { id: "cs_1", url: "https://stripe.example/setup" },
  });
  show(client, <TopUpSettings />, { navigate });
  await screen.findByText("Nothing is bought by itself");
  screen.getByRole("option", { name: "Starter pack: 100 credits, $10.00" });
  fireEvent.change(screen.getByLabelText(/^Tell me below/), { target: { value: "50" } });
  fireEvent.change(screen.getByLabelText(/^Buy more below/), { target: { value: "20" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Saved.");
  expect(to(`PUT ${TOP_UP}`)[0]?.body).toEqual({ low_balance_notice_below: 50, below: 20, item_id: "starter" });
  screen.getByText("$10.00 each time, and never more");
  fireEvent.click(screen.getByRole("button", { name: "Save a payment method" }));
  await waitFor(() => expect(navigate).toHaveBeenCalledWith("https://stripe.example/setup"));
});

test("a notice alone buys nothing, and all of it can be turned off", async () => {
  const ready = { ...off, state: "ready", low_balance_notice_below: 50 };
  const states = [ready, off];
  const { client, to } = desk({
    "GET /api/stripe/products": products,
    [`GET ${TOP_UP}`]: () => json(states.shift()),
    [`PUT ${TOP_UP}`]: ready,
    [`DELETE ${TOP_UP}`]: () => new Response(null, { status: 204 }),
  });
  show(client, <TopUpSettings />);
  fireEvent.submit(await screen.findByRole("form", { name: "When credits run low" }));
  await screen.findByText("Saved.");
  expect(to(`PUT ${TOP_UP}`)[0]?.body).toEqual({ low_balance_notice_below: 50 });
  fireEvent.click(screen.getByRole("button", { name: "Turn off" }));
  await screen.findByText("Nothing is bought by itself");
  expect(screen.queryByRole("button", { name: "Turn off" })).toBeNull();
});

test("what cannot be saved is said", async () => {
  const { client } = desk({
    "GET /api/stripe/products": products,
    [`GET ${TOP_UP}`]: off,
    [`PUT ${TOP_UP}`]: () => problem("invalid_request", 422, { field: "below", detail: "Below must be 1 or more." }),
  });
  show(client, <TopUpSettings />);
  fireEvent.submit(await screen.findByRole("form", { name: "When credits run low" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Below must be 1 or more.");
});
