import { BookingList, EarningList, PayoutAccount } from "@paydesk/react";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk, problem, products, show } from "./desk.js";

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
