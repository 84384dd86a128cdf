import { SubscriptionManager } from "@paydesk/react";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk, json, problem, products, show } from "./desk.js";

const one = {
  group: "main",
  subscription_id: "sub_1",
  plan_id: "pro",
  status: "active",
  access: true,
  cancel_scheduled: false,
  in_grace: false,
  period_end: "2027-01-31T12:00:00Z",
};

function server(subscriptions: unknown[], more: Record<string, unknown> = {}) {
  const credits = { balance: 0, held: 0, owed: 0, frozen: false };
  const entitlements = { user_id: "ada", tier: "pro", features: [], limits: {}, credits, subscriptions };
  return desk({ "GET /api/stripe/products": products, "GET /api/entitlements/ada": () => json(entitlements), ...more });
}

test("without a plan each can be subscribed to, in the wanted group alone", async () => {
  const navigate = vi.fn();
  const started = { id: "cs_1", url: "https://stripe.example/cs_1", purchase_id: "pur_1", status: "open" };
  const { client, to } = server([{ ...one, status: "canceled" }], {
    "POST /api/stripe/create-checkout-session": started,
  });
  show(client, <SubscriptionManager />, { navigate });
  fireEvent.click(await screen.findByRole("button", { name: "Subscribe to Label" }));
  await waitFor(() => expect(navigate).toHaveBeenCalledWith(started.url));
  expect(to("POST /api/stripe/create-checkout-session")[0]?.body).toEqual({ item_id: "label" });
  screen.getByText("$29.00");
});

test("a group without plans says so", async () => {
  const { client } = server([]);
  show(client, <SubscriptionManager group="seats" />);
  await screen.findByText("There are no plans at the moment.");
});

test.each([
  [{}, "Renews on Jan 31, 2027"],
  [{ status: "trialing" }, "Free until Jan 31, 2027"],
  [{ cancel_at: "2027-02-01T12:00:00Z", cancel_scheduled: true }, "Ends on Feb 1, 2027"],
  [
    { status: "past_due", in_grace: true, until: "2027-02-02T12:00:00Z" },
    "A payment is overdue. Pay by Feb 2, 2027 to keep your plan",
  ],
  [{ status: "past_due", access: false }, "Stopped, because a payment is overdue"],
  [{ status: "incomplete", access: false }, "Waits for its first payment"],
  [{ status: "paused", access: false }, "Paused"],
])("where a subscription stands is said: %o", async (more, text) => {
  const { client } = server([{ ...one, ...more }]);
  show(client, <SubscriptionManager />);
  const current = await screen.findByRole("region", { name: "Your plan" });
  within(current).getByText(text);
});

test("a change shows what it costs, and is made for exactly that", async () => {
  const preview = {
    proration_minor: 7000,
    total_minor: 7000,
    amount_due_minor: 7000,
    currency: "usd",
    proration_date: 1_800_000_000,
    lines: [],
  };
  const { client, to } = server([one], {
    "GET /api/subscriptions/sub_1/change/preview": preview,
    "POST /api/subscriptions/sub_1/change": { subscription: {} },
  });
  show(client, <SubscriptionManager />);
  fireEvent.click(await screen.findByRole("button", { name: "Change to Label" }));
  const dialog = await screen.findByRole("dialog", { name: "Change to Label" });
  await within(dialog).findByText("You pay $70.00 now for the rest of this period.");
  fireEvent.click(within(dialog).getByRole("button", { name: "Change plan" }));
  await screen.findByText("You are on Label now.");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(to("POST /api/subscriptions/sub_1/change")[0]?.body).toEqual({
    plan_id: "label",
    proration_date: 1_800_000_000,
  });
  expect(to("GET /api/entitlements/ada"), "what has changed is read again").toHaveLength(2);
});

test("a change that is refused says so where it was asked for", async () => {
  const preview = {
    proration_minor: 0,
    total_minor: 0,
    amount_due_minor: 0,
    currency: "usd",
    proration_date: 1,
    lines: [],
  };
  const { client } = server([one], {
    "GET /api/subscriptions/sub_1/change/preview": preview,
    "POST /api/subscriptions/sub_1/change": () => problem("payment_failed", 402, { detail: "Your card was declined." }),
  });
  show(client, <SubscriptionManager />);
  fireEvent.click(await screen.findByRole("button", { name: "Change to Label" }));
  const dialog = await screen.findByRole("dialog");
  await within(dialog).findByText("There is nothing to pay now.");
  fireEvent.click(within(dialog).getByRole("button", { name: "Change plan" }));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("Your card was declined.");
});

test("an end is asked for twice, and can be taken back", async () => {
  const { client, to } = server([one], { "DELETE /api/stripe/subscriptions/sub_1": { subscription: {} } });
  show(client, <SubscriptionManager />);
  fireEvent.click(await screen.findByRole("button", { name: "Cancel plan" }));
  const dialog = await screen.findByRole("dialog", { name: "Cancel Pro?" });
  within(dialog).getByText(/until Jan 31, 2027/);
  fireEvent.click(within(dialog).getByRole("button", { name: "Keep plan" }));
  expect(to("DELETE /api/stripe/subscriptions/sub_1")).toHaveLength(0);

  fireEvent.click(screen.getByRole("button", { name: "Cancel plan" }));
  fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel plan" }));
  await screen.findByText("Your plan ends with the period that is paid for.");
});

test("what ends can be kept after all", async () => {
  const ending = { ...one, cancel_at: "2027-02-01T12:00:00Z", cancel_scheduled: true };
  const { client } = server([ending], { "POST /api/subscriptions/sub_1/resume": { subscription: {} } });
  show(client, <SubscriptionManager />);
  fireEvent.click(await screen.findByRole("button", { name: "Keep plan after all" }));
  await screen.findByText("Your plan goes on.");
});
