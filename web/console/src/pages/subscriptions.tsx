// Subscriptions, whoever has them: what they bring in, and ending one or letting it go on.

import type { InvoiceOut, ListedSubscriptionOut } from "@paydesk/client";
import { type ReactElement, useState } from "react";

import { say } from "../formats.js";
import { Act, Said } from "../parts/act.js";
import { Fields, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List } from "../parts/table.js";
import { At, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";

const columns: Column<ListedSubscriptionOut>[] = [
  {
    title: "Plan",
    cell: (one) => (
      <Link data-entry="" to={`/subscriptions/${encodeURIComponent(one.subscription_id)}`}>
        {one.plan_id ?? "Of no plan"}
      </Link>
    ),
  },
  { title: "Status", cell: (one) => <Status of={one.status} /> },
  { title: "User", cell: (one) => <UserLink id={one.user_id} /> },
  { title: "Each month", isNumber: true, isExtra: true, cell: (one) => <Monthly of={one} /> },
  { title: "Paid until", isExtra: true, cell: (one) => <At moment={one.period_end_at} /> },
  { title: "Begun", cell: (one) => <At moment={one.created_at} /> },
];

function Monthly({ of: { mrr_minor, currency } }: { of: ListedSubscriptionOut }): ReactElement {
  return currency && mrr_minor > 0 ? <Money minor={mrr_minor} currency={currency} /> : <Nothing />;
}

const RUNNING = ["active", "trialing", "past_due", "unpaid", "paused"] as const;
const filters: Filter[] = [
  { name: "status", label: "Status", options: [...RUNNING, "incomplete", "incomplete_expired", "canceled"] },
  { name: "user_id", label: "User" },
];

export function SubscriptionsPage(): ReactElement {
  const values = useFilters(filters);
  return (
    <>
      <Heading title="Subscriptions" />
      <Filters filters={filters} />
      <List
        name="Subscriptions"
        filters={values}
        read={(page, signal) => client.listAllSubscriptions({ ...page, ...(values as object) }, { signal })}
        columns={columns}
        keyOf={(one) => one.subscription_id}
        empty="No subscription. Whoever subscribes to a plan shows here, also after it ended."
      />
    </>
  );
}

/** A user's subscriptions, on the user's page. */
export function SubscriptionsOf({ userId }: { userId: string }): ReactElement {
  return (
    <List
      name="Subscriptions"
      limit={10}
      filters={{ userId }}
      read={(page, signal) => client.listAllSubscriptions({ user_id: userId, ...page }, { signal })}
      columns={columns.filter(({ title }) => title !== "User")}
      keyOf={(one) => one.subscription_id}
      empty="No subscription."
    />
  );
}

export function SubscriptionPage({ subscriptionId }: { subscriptionId: string }): ReactElement {
  const query = useQuery(`subscription ${subscriptionId}`, (signal) =>
    client.readSubscription({ id: subscriptionId }, { signal }),
  );
  const userId = query.data?.user_id;
  return (
    <>
      <Heading title="Subscription" actions={query.data && <Acts of={query.data} onDone={query.reload} />}>
        <Id of={subscriptionId} />
      </Heading>
      <Loaded query={query}>{(one) => <Subscription of={one} />}</Loaded>
      {userId && (
        <Section title="Invoices of this user">
          <List
            name="Invoices"
            pageName="invoices"
            limit={10}
            filters={{ userId }}
            read={(page, signal) => client.listSubscriptionInvoices({ user_id: userId, ...page }, { signal })}
            columns={invoiceColumns}
            keyOf={(invoice) => invoice.invoice_id}
            empty="No invoice."
          />
        </Section>
      )}
    </>
  );
}

function Acts({ of: one, onDone }: { of: ListedSubscriptionOut; onDone: () => void }): ReactElement {
  const id = one.subscription_id;
  // The button that was pressed may be gone by what it did.
  const [said, setSaid] = useState<string>();
  if (one.ended_at) return <Said text={said} />;
  return (
    <>
      {(one.cancel_at || one.is_paused) && (
        <Act
          label="Let it go on"
          title="Let this subscription go on?"
          perform={async (_, key) => {
            const { subscription } = await client.resumeSubscription({ id }, { idempotencyKey: key });
            return `It goes on: ${say(subscription.status).toLowerCase()}.`;
          }}
          onDone={onDone}
          onSaid={setSaid}
        >
          <p className="soft">An end that was set is taken back, and a pause is over.</p>
        </Act>
      )}
      <Act
        label="End"
        title="End this subscription?"
        isDangerous
        asks={[{ name: "when", label: "When", options: WHENS }]}
        perform={async ({ when }) => {
          const { subscription } = await client.cancelSubscription({ id, when: when === "now" ? "now" : "period_end" });
          return when === "now"
            ? `It is ended: ${say(subscription.status).toLowerCase()}.`
            : "It ends with the period that is paid.";
        }}
        onDone={onDone}
        onSaid={setSaid}
      >
        <p className="soft">What is paid for already is not given back.</p>
      </Act>
      <Said text={said} />
    </>
  );
}

const WHENS = [
  { value: "period_end", label: "With the period that is paid" },
  { value: "now", label: "Now" },
] as const;

function Subscription({ of: one }: { of: ListedSubscriptionOut }): ReactElement {
  return (
    <Fields
      of={[
        ["Plan", one.plan_id ?? <Nothing />],
        ["Status", <Status key="v" of={one.status} />],
        ["User", <UserLink key="v" id={one.user_id} />],
        ["Each month", <Monthly key="v" of={one} />],
        ["Tier", one.tier ? say(one.tier) : <Nothing />],
        ["Paused", one.is_paused ? "Yes" : "No"],
        ["Period began", <Exactly key="v" moment={one.period_start_at} />],
        ["Paid until", <Exactly key="v" moment={one.period_end_at} />],
        ["Trial ends", <Exactly key="v" moment={one.trial_end_at} />],
        ["Past due since", <Exactly key="v" moment={one.past_due_since_at} />],
        ["Is to end", <Exactly key="v" moment={one.cancel_at} />],
        ["Ended", <Exactly key="v" moment={one.ended_at} />],
        ["Latest invoice", <IdLink key="v" to="/purchases" id={one.latest_invoice_id} whole />],
        ["Begun", <Exactly key="v" moment={one.created_at} />],
      ]}
    />
  );
}

const invoiceColumns: Column<InvoiceOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (invoice) => (
      <Link data-entry="" to={`/purchases/${encodeURIComponent(invoice.invoice_id)}`}>
        <Money minor={invoice.total_minor} currency={invoice.currency} />
      </Link>
    ),
  },
  { title: "Status", cell: (invoice) => (invoice.status ? <Status of={invoice.status} /> : <Nothing />) },
  { title: "Number", isExtra: true, cell: (invoice) => invoice.number ?? <Nothing /> },
  {
    title: "Paid",
    isNumber: true,
    isExtra: true,
    cell: (invoice) => <Money minor={invoice.amount_paid_minor} currency={invoice.currency} />,
  },
  { title: "Made", cell: (invoice) => <At moment={invoice.created_at} /> },
];
