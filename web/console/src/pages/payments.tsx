// Payments as Stripe tells of them, whoever made them: what came, what went back, what Stripe keeps.

import type { ListedPaymentOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { Fields } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List } from "../parts/table.js";
import { At, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";
import { Refund } from "./refund.js";

const columns: Column<ListedPaymentOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (payment) => (
      <Link data-entry="" to={`/payments/${encodeURIComponent(payment.payment_intent_id)}`}>
        <Money minor={payment.amount_minor} currency={payment.currency} />
      </Link>
    ),
  },
  { title: "Status", cell: (payment) => <Status of={payment.status} /> },
  { title: "User", cell: (payment) => <UserLink id={payment.user_id} /> },
  { title: "For", isExtra: true, cell: (payment) => payment.item_id ?? <Nothing /> },
  {
    title: "Given back",
    isExtra: true,
    isNumber: true,
    cell: (payment) => <Some minor={payment.reversed_minor} currency={payment.currency} />,
  },
  {
    title: "Fee",
    isExtra: true,
    isNumber: true,
    cell: (payment) => <Some minor={payment.fee_minor} currency={payment.fee_currency ?? payment.currency} />,
  },
  { title: "Came", cell: (payment) => <At moment={payment.created_at} /> },
];

/** An amount, where there is any. */
function Some({ minor, currency }: { minor: number | null | undefined; currency: string }): ReactElement {
  return minor ? <Money minor={minor} currency={currency} /> : <Nothing />;
}

const STATUSES = ["succeeded", "processing", "requires_payment_method", "failed", "canceled"] as const;
const filters: Filter[] = [
  { name: "status", label: "Status", options: STATUSES },
  { name: "user_id", label: "User" },
];

export function PaymentsPage(): ReactElement {
  const values = useFilters(filters);
  return (
    <>
      <Heading title="Payments" />
      <Filters filters={filters} />
      <List
        name="Payments"
        filters={values}
        read={(page, signal) => client.listPayments({ ...page, ...(values as object) }, { signal })}
        columns={columns}
        keyOf={(payment) => payment.payment_intent_id}
        empty="No payment. What Stripe tells of payments shows here, those that failed too."
      />
    </>
  );
}

export function PaymentPage({ paymentId }: { paymentId: string }): ReactElement {
  const query = useQuery(`payment ${paymentId}`, (signal) => client.readPayment({ payment_id: paymentId }, { signal }));
  const payment = query.data;
  const isLeft = payment?.status === "succeeded" && payment.reversed_minor < payment.paid_minor;
  return (
    <>
      <Heading title="Payment" actions={isLeft && <Refund payment={payment} onDone={query.reload} />}>
        <Id of={paymentId} />
      </Heading>
      <Loaded query={query}>{(found) => <Payment payment={found} />}</Loaded>
    </>
  );
}

function Payment({ payment }: { payment: ListedPaymentOut }): ReactElement {
  const { currency } = payment;
  return (
    <Fields
      of={[
        ["Amount", <Money key="v" minor={payment.amount_minor} currency={currency} />],
        ["Status", <Status key="v" of={payment.status} />],
        ["User", <UserLink key="v" id={payment.user_id} />],
        ["Came", <Money key="v" minor={payment.paid_minor} currency={currency} />],
        ["Given back", <Money key="v" minor={payment.reversed_minor} currency={currency} />],
        ["Fee of Stripe", <Some key="v" minor={payment.fee_minor} currency={payment.fee_currency ?? currency} />],
        ["Kind", payment.kind ? say(payment.kind) : <Nothing />],
        ["Item", payment.item_id ?? <Nothing />],
        ["Purchase", <IdLink key="v" to="/purchases" id={payment.purchase_id} whole />],
        ["Payment at Stripe", <Id key="v" of={payment.payment_intent_id} />],
        ["Charge at Stripe", payment.charge_id ? <Id key="v" of={payment.charge_id} /> : <Nothing />],
        ["An attempt failed", payment.has_failed ? "Yes" : "No"],
        ["First told of", <Exactly key="v" moment={payment.created_at} />],
      ]}
    />
  );
}
