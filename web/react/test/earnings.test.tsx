import { BankPayoutList, BookingList, EarningList, PayoutAccount } from "@paydesk/react";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk, json, problem, products, show } from "./desk.js";

const ACCOUNT = "/api/payouts/accounts/ada";
const account = {
  user_id: "ada",
  account_id: "acct_1",
  status: "onboarding",
  payable: false,
  currently_due: ["external_account"],
  payouts_enabled: false,
  created_at: "2026-01-31T12:00:00Z",
};

test("who has no account yet is led to Stripe's page, and back", async () => {
  const navigate = vi.fn();
  const { client, to } = desk({
    [`GET ${ACCOUNT}`]: () => problem("not_found", 404),
    [`POST ${ACCOUNT}/onboarding`]: { user_id: "ada", url: "https://stripe.example/onboarding" },
  });
  show(client, <PayoutAccount returnUrl="https://app.example/earnings" />, { navigate });
  await screen.findByText("To be paid, say at Stripe who you are and where the money goes.");
  fireEvent.click(screen.getByRole("button", { name: "Set up payouts" }));
  await waitFor(() => expect(navigate).toHaveBeenCalledWith("https://stripe.example/onboarding"));
  const back = "https://app.example/earnings";
  expect(to(`POST ${ACCOUNT}/onboarding`)[0]?.body).toEqual({ return_url: back, refresh_url: back });
});

test("an account that lacks something says so, and one that is complete that it can be paid", async () => {
  const { client } = desk({ [`GET ${ACCOUNT}`]: account });
  const { unmount } = show(client, <PayoutAccount />);
  await screen.findByText("Stripe wants to know more about you.");
  screen.getByRole("button", { name: "Go on at Stripe" });
  unmount();
  const enabled = { ...account, status: "enabled", payable: true, currently_due: [], payouts_enabled: true };
  show(desk({ [`GET ${ACCOUNT}`]: enabled }).client, <PayoutAccount />);
  await screen.findByText("You can be paid.");
  expect(screen.queryByText("Stripe wants to know more about you.")).toBeNull();
});

test("what goes wrong with the account is said, with a way to try again", async () => {
  const { client } = desk({ [`GET ${ACCOUNT}`]: () => problem("unavailable", 503, { detail: "Later." }) });
  show(client, <PayoutAccount />);
  await screen.findByText("Later.");
  screen.getByRole("button", { name: "Try again" });
});

const earning = {
  line_id: "pln_1",
  sale: "order:ord_1",
  currency: "usd",
  gross_minor: 4900,
  refunded_minor: 0,
  fee_minor: 1470,
  earned_minor: 3430,
  transferred_minor: 0,
  taken_back_minor: 0,
  offset_minor: 0,
  outstanding_minor: 3430,
  payable_at: "2026-02-07T12:00:00Z",
  earned_at: "2026-01-31T12:00:00Z",
};

test("each earning says how far it is transferred", async () => {
  const data = [
    earning,
    { ...earning, line_id: "pln_2", outstanding_minor: 0, transferred_minor: 3430 },
    { ...earning, line_id: "pln_3", outstanding_minor: -500 },
  ];
  show(desk({ "GET /api/payouts/ada/earnings": { data } }).client, <EarningList />);
  await screen.findByText("$34.30 transferred from Feb 7, 2026 on");
  screen.getByText("Transferred");
  screen.getByText("$5.00 owed; later earnings pay it first");
  expect(screen.getAllByText("$49.00 paid, of which $14.70 is kept")).toHaveLength(3);
});

test("who has earned nothing is told so", async () => {
  show(desk({ "GET /api/payouts/ada/earnings": { data: [] } }).client, <EarningList />);
  await screen.findByText("You have not earned anything yet.");
});

const BANK = "GET /api/payouts/ada/bank-payouts";
const payout = {
  payout_id: "po_1",
  amount_minor: 3430,
  currency: "usd",
  status: "pending",
  arrives_at: "2026-02-03T00:00:00Z",
  created_at: "2026-01-31T12:00:00Z",
};
const failed = { ...payout, payout_id: "po_4", status: "failed", failure_code: "account_closed" };

/** What a row of the list says, its parts behind each other. */
function row(container: HTMLElement, id: string) {
  const found = container.querySelector<HTMLElement>(`[data-payout="${id}"]`);
  if (!found) throw new Error(`there is no row of ${id}`);
  return within(found);
}

test("each payout says where it is, with its amount and the day it is at the bank", async () => {
  const data = [
    payout,
    { ...payout, payout_id: "po_2", status: "in_transit", arrives_at: null },
    { ...payout, payout_id: "po_3", status: "paid", amount_minor: 1500, currency: "jpy" },
    { ...payout, payout_id: "po_5", status: "canceled" },
  ];
  const { container } = show(desk({ [BANK]: { data } }).client, <BankPayoutList />);
  await screen.findByText("Arrives on Feb 3, 2026");
  row(container, "po_1").getByText("$34.30");
  row(container, "po_2").getByText("On its way");
  row(container, "po_3").getByText("At your bank on Feb 3, 2026");
  row(container, "po_3").getByText("¥1,500");
  row(container, "po_5").getByText("Called off");
  expect(container.querySelector(".pd-warning")).toBeNull();
});

test("of a payout that the bank sent back it is said why and what to do, as a text", async () => {
  const said = "<img src=x onerror=alert(1)>";
  const data = [
    { ...failed, failure_message: said },
    { ...failed, payout_id: "po_6" },
    { ...failed, payout_id: "po_7", failure_code: null },
  ];
  const { container } = show(desk({ [BANK]: { data } }).client, <BankPayoutList />);
  expect(await screen.findAllByText("Sent back by your bank")).toHaveLength(3);
  const toDo = "The money is on your account at Stripe. Mend your bank details there, and it is sent again.";
  row(container, "po_4").getByText(said);
  row(container, "po_4").getByText(toDo);
  row(container, "po_6").getByText("account closed");
  row(container, "po_7").getByText(toDo);
  expect(container.querySelector("img")).toBeNull();
});

test("who was sent nothing yet is told so, and more payouts are read when they are asked for", async () => {
  const { unmount } = show(desk({ [BANK]: { data: [] } }).client, <BankPayoutList />);
  await screen.findByText("Nothing was sent to your bank yet.");
  unmount();
  const pages: Record<string, unknown> = {
    "": { data: [payout], next: "po_1" },
    po_1: { data: [{ ...payout, payout_id: "po_0" }] },
  };
  const { client } = desk({
    [BANK]: (request: Request) => json(pages[new URL(request.url).searchParams.get("after") ?? ""]),
  });
  const { container } = show(client, <BankPayoutList />);
  fireEvent.click(await screen.findByRole("button", { name: "Show more" }));
  await waitFor(() => row(container, "po_0"));
  row(container, "po_1");
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("what goes wrong with the payouts is said, and read again when that is wished", async () => {
  let asked = 0;
  const { client } = desk({
    [BANK]: () => {
      asked += 1;
      return asked === 1 ? problem("unavailable", 503, { detail: "Later." }) : json({ data: [payout] });
    },
  });
  const { container } = show(client, <BankPayoutList className="mine" />);
  screen.getByText("Loading…");
  await screen.findByText("Later.");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("$34.30");
  expect(container.querySelector(".pd-bank-payouts.mine")?.getAttribute("data-state")).toBe("ready");
});

test("who gives a session sees who booked it, and does not pay for it", async () => {
  const booking = {
    booking_id: "bkg_1",
    client_id: "bob",
    builder_id: "ada",
    session_type_id: "mix-session",
    purchase_id: "pur_1",
    starts_at: "2026-10-20T07:00:00Z",
    ends_at: "2026-10-20T08:00:00Z",
    status: "pending",
    amount_minor: 6000,
    currency: "usd",
    refund_tiers: [],
    paid_minor: 0,
    refunded_minor: 0,
    created_at: "2026-10-19T12:00:00Z",
    updated_at: "2026-10-19T12:00:00Z",
  };
  const asked: string[] = [];
  const { client } = desk({
    "GET /api/stripe/products": products,
    "GET /api/bookings": (request: Request) => {
      asked.push(new URL(request.url).search);
      return Response.json({ data: [booking] });
    },
  });
  show(client, <BookingList isGiven />);
  await screen.findByText("booked by bob");
  expect(asked).toEqual(["?limit=20&builder_id=ada"]);
  expect(screen.queryAllByRole("button")).toEqual([]);
});
