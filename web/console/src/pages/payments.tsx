// Payments as Stripe tells of them, whoever made them: what came, what went back, what Stripe keeps.

import type { ListedPaymentOut, RefundOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { Fields, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List } from "../parts/table.js";
import { At, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";
import { Refund } from "./refund.js";
import { disputeColumns, refundColumns } from "./reversals.js";

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
  const isLeft = payment && leftOf(payment) > 0;
  return (
    <>
      <Heading title="Payment" actions={isLeft && <Refund payment={payment} onDone={query.reload} />}>
        <Id of={paymentId} />
      </Heading>
      <Loaded query={query}>
        {(found) => (
          <>
            <Payment payment={found} />
            <Reversals of={found} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** What is left of a payment to be given back: what came, without what went back by refunds and disputes. */
function leftOf({ status, paid_minor, reversed_minor }: ListedPaymentOut): number {
  return status === "succeeded" ? Math.max(paid_minor - reversed_minor, 0) : 0;
}

/** Without those of all others there is room for the reason. */
const always = <Row,>(column: Column<Row>): Column<Row> => ({ ...column, isExtra: false });

const ofOthers = ({ title }: { title: string }) => title !== "User" && title !== "Purchase";

/** What was given back of a payment, and what is disputed of it. */
function Reversals({ of: { payment_intent_id, reversed_minor } }: { of: ListedPaymentOut }): ReactElement {
  // What was given back since is in the lists too.
  const filters = { payment_intent_id, reversed: String(reversed_minor) };
  return (
    <>
      <Section title="Refunds">
        <List
          name="Refunds"
          pageName="refunds"
          limit={10}
          filters={filters}
          read={(page, signal) => client.listRefunds({ payment_intent_id, ...page }, { signal })}
          columns={[...refundColumns.filter(ofOthers).map(always), noteColumn]}
          keyOf={(refund) => refund.refund_id}
          empty="No refund of this payment."
        />
      </Section>
      <Section title="Disputes">
        <List
          name="Disputes"
          pageName="disputes"
          limit={10}
          filters={filters}
          read={(page, signal) => client.listDisputes({ payment_intent_id, ...page }, { signal })}
          columns={disputeColumns.filter(ofOthers)}
          keyOf={(dispute) => dispute.dispute_id}
          empty="No dispute of this payment."
        />
      </Section>
    </>
  );
}

const noteColumn: Column<RefundOut> = {
  title: "Note",
  isExtra: true,
  cell: (refund) => refund.note ?? <Nothing />,
};

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
        ["Can be given back", <Money key="v" minor={leftOf(payment)} currency={currency} />],
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
