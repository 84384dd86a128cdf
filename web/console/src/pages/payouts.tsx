// Payouts: the connected accounts of those who earn, what they earned, and what was transferred to them and taken back.

import type { BankPayoutOut, EarningOut, PayoutAccountOut, PayoutTransferOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { formatArrival, say } from "../formats.js";
import { Fields, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List } from "../parts/table.js";
import { Tabs } from "../parts/tabs.js";
import { At, Exactly, Id, Money, Nothing, Status } from "../parts/values.js";
import { useQuery } from "../query.js";
import { addressOf, Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";

export function PayoutsPage(): ReactElement {
  return (
    <>
      <Heading title="Payouts" />
      <Tabs
        label="Payouts"
        tabs={[
          { name: "accounts", label: "Connected accounts", show: () => <Accounts /> },
          { name: "transfers", label: "Transfers", show: () => <Transfers /> },
        ]}
      />
    </>
  );
}

const accountColumns: Column<PayoutAccountOut>[] = [
  {
    title: "User",
    cell: (account) => (
      <Link
        data-entry=""
        className="cut"
        to={addressOf(`/users/${encodeURIComponent(account.user_id)}`, { show: "earnings" })}
      >
        {account.user_id}
      </Link>
    ),
  },
  { title: "Status", cell: (account) => <Status of={account.status} /> },
  { title: "Can be paid", isExtra: true, cell: (account) => (account.payable ? "Yes" : "No") },
  { title: "Country", isExtra: true, cell: (account) => account.country ?? <Nothing /> },
  {
    title: "Account",
    isExtra: true,
    cell: (account) => (account.account_id ? <code>{account.account_id}</code> : <Nothing />),
  },
  { title: "Asked for", cell: (account) => <At moment={account.created_at} /> },
];

const accountFilters: Filter[] = [
  { name: "status", label: "Status", options: ["creating", "onboarding", "restricted", "enabled", "closed"] },
];

function Accounts(): ReactElement {
  const values = useFilters(accountFilters);
  return (
    <>
      <Filters filters={accountFilters} />
      <List
        name="Connected accounts"
        filters={values}
        read={(page, signal) => client.listPayoutAccounts({ ...page, ...(values as object) }, { signal })}
        columns={accountColumns}
        keyOf={(account) => account.user_id}
        empty="No connected account. Whoever begins onboarding at Stripe shows here."
      />
    </>
  );
}

const transferColumns: Column<PayoutTransferOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (transfer) => <Money minor={transfer.amount_minor} currency={transfer.currency} />,
  },
  { title: "Way", cell: (transfer) => (transfer.direction === "out" ? "To the account" : "Taken back") },
  { title: "Status", cell: (transfer) => <Status of={transfer.status} /> },
  {
    title: "User",
    cell: (transfer) => (
      <Link
        data-entry=""
        to={addressOf(`/users/${encodeURIComponent(transfer.user_id)}`, { show: "earnings" })}
        className="cut"
      >
        {transfer.user_id}
      </Link>
    ),
  },
  { title: "For", isExtra: true, cell: (transfer) => <SaleLink sale={transfer.sale} /> },
  { title: "Why refused", isExtra: true, cell: (transfer) => transfer.refusal ?? <Nothing /> },
  {
    title: "At Stripe",
    isExtra: true,
    cell: (transfer) => (transfer.stripe_id ? <code>{transfer.stripe_id}</code> : <Nothing />),
  },
  { title: "Decided", cell: (transfer) => <At moment={transfer.created_at} /> },
];

const transferFilters: Filter[] = [
  { name: "status", label: "Status", options: ["created", "unknown", "made", "refused"] },
  { name: "user_id", label: "User" },
];

function Transfers(): ReactElement {
  const values = useFilters(transferFilters);
  return (
    <>
      <Filters filters={transferFilters} />
      <List
        name="Transfers"
        filters={values}
        read={(page, signal) => client.listPayoutTransfers({ ...page, ...(values as object) }, { signal })}
        columns={transferColumns}
        keyOf={(transfer) => transfer.transfer_key}
        empty="No transfer. What builders earn is transferred once its time has come."
      />
    </>
  );
}

/** A sale is named by its kind and the id of what was sold. */
function SaleLink({ sale }: { sale: string }): ReactElement {
  const [kind, id = ""] = sale.split(":", 2);
  const place = kind === "order" ? "/orders" : kind === "booking" ? "/bookings" : undefined;
  return place ? <Link to={`${place}/${encodeURIComponent(id)}`}>{say(kind ?? "")}</Link> : <code>{sale}</code>;
}

/** What one user earned, and the account on which they are paid. */
export function EarningsOf({ userId }: { userId: string }): ReactElement {
  // Most users earn nothing: of an account that is not there the list says nothing, where reading it would be an error.
  const account = useQuery(`payout account ${userId}`, (signal) =>
    client.listPayoutAccounts({ user_id: userId }, { signal }),
  );
  return (
    <>
      <List
        name="Earnings"
        filters={{ userId }}
        read={(page, signal) => client.listEarnings({ user_id: userId, ...page }, { signal })}
        columns={earningColumns}
        keyOf={(earning) => earning.line_id}
        empty="Nothing was earned."
      />
      <Section title="Connected account">
        <Loaded query={account}>
          {({ data: [found] }) => (found ? <Account account={found} /> : <p className="empty">None was asked for.</p>)}
        </Loaded>
      </Section>
      <Section title="Transfers">
        <List
          name="Transfers"
          pageName="transfers"
          limit={10}
          filters={{ userId }}
          read={(page, signal) => client.listPayoutTransfers({ user_id: userId, ...page }, { signal })}
          columns={transferColumns.filter(({ title }) => title !== "User")}
          keyOf={(transfer) => transfer.transfer_key}
          empty="Nothing was transferred."
        />
      </Section>
      <Section title="To the bank">
        <List
          name="Payouts to the bank"
          pageName="bank"
          limit={10}
          filters={{ userId }}
          read={(page, signal) => client.listBankPayouts({ user_id: userId, ...page }, { signal })}
          columns={bankColumns}
          keyOf={(payout) => payout.payout_id}
          empty="Stripe has sent nothing to their bank."
        />
      </Section>
    </>
  );
}

const earningColumns: Column<EarningOut>[] = [
  { title: "Of", cell: (earning) => <SaleLink sale={earning.sale} /> },
  { title: "Earned", isNumber: true, cell: (one) => <Money minor={one.earned_minor} currency={one.currency} /> },
  {
    title: "Paid by the buyer",
    isNumber: true,
    isExtra: true,
    cell: (one) => <Money minor={one.gross_minor} currency={one.currency} />,
  },
  {
    title: "Transferred",
    isNumber: true,
    isExtra: true,
    cell: (one) => <Money minor={one.transferred_minor - one.taken_back_minor} currency={one.currency} />,
  },
  {
    title: "Still owed",
    isNumber: true,
    cell: (one) => <Money minor={one.outstanding_minor} currency={one.currency} />,
  },
  { title: "Payable", isExtra: true, cell: (one) => <At moment={one.payable_at} /> },
];

const bankColumns: Column<BankPayoutOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (payout) => <Money minor={payout.amount_minor} currency={payout.currency} />,
  },
  { title: "Status", cell: (payout) => <Status of={payout.status} /> },
  {
    title: "At the bank",
    cell: ({ arrives_at }) =>
      arrives_at ? <time dateTime={arrives_at}>{formatArrival(arrives_at)}</time> : <Nothing />,
  },
  {
    title: "Why it failed",
    isExtra: true,
    cell: (payout) => payout.failure_message ?? payout.failure_code ?? <Nothing />,
  },
  { title: "At Stripe", isExtra: true, cell: (payout) => <code>{payout.payout_id}</code> },
  { title: "Made", isExtra: true, cell: (payout) => <At moment={payout.created_at} /> },
];

function Account({ account }: { account: PayoutAccountOut }): ReactElement {
  return (
    <Fields
      of={[
        ["Status", <Status key="v" of={account.status} />],
        ["Can be paid", account.payable ? "Yes" : "No"],
        ["Account at Stripe", account.account_id ? <Id key="v" of={account.account_id} /> : <Nothing />],
        ["Stripe pays out", account.payouts_enabled ? "Yes" : "No"],
        ["Country", account.country ?? <Nothing />],
        ["What they have to tell", account.currently_due.join("\n") || <Nothing />],
        ["Why it is restricted", account.disabled_reason ?? <Nothing />],
        ["Asked for", <Exactly key="v" moment={account.created_at} />],
      ]}
    />
  );
}
