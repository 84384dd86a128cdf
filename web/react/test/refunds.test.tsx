import { PurchaseList, RefundRequestList } from "@paydesk/react";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk, json, problem, products, show } from "./desk.js";

const REFUND = "POST /api/refund-requests";

const purchase = {
  purchase_id: "pur_1",
  user_id: "ada",
  kind: "credit_pack",
  item_id: "starter",
  quantity: 1,
  credits: 100,
  priority: 0,
  amount_minor: 1000,
  currency: "usd",
  status: "paid",
  automatic: false,
  created_at: "2026-01-31T12:00:00Z",
};
const request = {
  request_id: "rrq_1",
  user_id: "ada",
  purchase_id: "pur_1",
  item_id: "starter",
  payment_intent_id: "pi_1",
  amount_minor: 1000,
  currency: "usd",
  reason: "Not for me",
  status: "waiting",
  approvals_needed: 1,
  created_at: "2026-02-01T12:00:00Z",
};
const base = {
  "GET /api/stripe/products": products,
  "GET /api/purchases": { data: [purchase, { ...purchase, purchase_id: "pur_2", status: "expired" }] },
};

const both = (
  <>
    <PurchaseList withRefunds />
    <RefundRequestList />
  </>
);

async function ask(reason: string) {
  fireEvent.click(await screen.findByRole("button", { name: "Ask for a refund of Starter pack" }));
  const question = within(await screen.findByRole("dialog"));
  const send = question.getByRole("button", { name: "Ask for a refund" });
  fireEvent.click(send);
  fireEvent.change(question.getByLabelText("Why do you want your money back?"), { target: { value: reason } });
  fireEvent.click(send);
}

test("a refund is asked for once there is a reason, and where it stands is seen", async () => {
  const lists = [[], [request]];
  const { client, to } = desk({
    ...base,
    "GET /api/refund-requests": () => json({ data: lists.length > 1 ? lists.shift() : lists[0] }),
    [REFUND]: () => json(request, 201),
  });
  show(client, both);
  await screen.findByText("You have not asked for a refund.");
  await ask(" Not for me ");
  await screen.findByText("Your request was sent.");
  await screen.findByText("Waits for an answer");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(to(REFUND).map(({ body }) => body)).toEqual([{ purchase_id: "pur_1", reason: "Not for me" }]);
  expect(screen.getAllByRole("button"), "only what is paid is given back").toHaveLength(1);
});

test("what the rules do not allow is said in the question, which stays", async () => {
  const refused = () => problem("outside_refund_policy", 409, { detail: "The time for that is over." });
  const { client, to } = desk({ ...base, "GET /api/refund-requests": { data: [] }, [REFUND]: refused });
  show(client, both);
  await ask("Late");
  expect((await screen.findByRole("alert")).textContent).toBe("The time for that is over.");
  screen.getByRole("dialog");
  await waitFor(() => expect(to(REFUND)).toHaveLength(1));
});

test("what the shop said is shown", async () => {
  const declined = { ...request, status: "declined", answer: "It was used." };
  const { client } = desk({ ...base, "GET /api/refund-requests": { data: [declined] } });
  show(client, <RefundRequestList />);
  await screen.findByText("Declined");
  screen.getByText("It was used.");
});

test("a refund that is on its way is looked at until it is made", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const statuses = ["approved", "approved", "refunded"];
    const { client, to } = desk({
      ...base,
      "GET /api/refund-requests": () =>
        json({ data: [{ ...request, status: statuses.length > 1 ? statuses.shift() : statuses[0] }] }),
    });
    show(client, both);
    const stands = (status: string) =>
      waitFor(() => expect(document.querySelector(`[data-status="${status}"]`)).not.toBeNull());
    await stands("approved");
    await vi.advanceTimersByTimeAsync(3_000);
    await waitFor(() => expect(to("GET /api/refund-requests")).toHaveLength(2));
    await vi.advanceTimersByTimeAsync(3_000);
    await stands("refunded");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(to("GET /api/refund-requests")).toHaveLength(3);
  } finally {
    vi.useRealTimers();
  }
});
