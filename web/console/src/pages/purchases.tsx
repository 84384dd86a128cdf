// One purchase: what was bought, its payments at Stripe, and giving money back.

import type { PaymentOut, PurchaseOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { Fields, Section } from "../parts/fields.js";
import { Loaded } from "../parts/states.js";
import { type Column, Table } from "../parts/table.js";
import { At, Count, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";
import { Refund } from "./refund.js";

export const purchaseColumns: Column<PurchaseOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (purchase) => (
      <Link data-entry="" to={`/purchases/${encodeURIComponent(purchase.purchase_id)}`}>
        <Money minor={purchase.amount_minor} currency={purchase.currency} />
      </Link>
    ),
  },
  { title: "Status", cell: (purchase) => <Status of={purchase.status} /> },
  { title: "Item", cell: (purchase) => purchase.item_id },
  { title: "Kind", isExtra: true, cell: (purchase) => say(purchase.kind) },
  { title: "Begun", cell: (purchase) => <At moment={purchase.created_at} /> },
];

export function PurchasePage({ purchaseId }: { purchaseId: string }): ReactElement {
  const query = useQuery(`purchase ${purchaseId}`, (signal) =>
    client.readPurchase({ purchase_id: purchaseId }, { signal }),
  );
  // What a subscription is paid with is given back from the page of the invoice that it paid.
  const left = query.data?.payments?.find(
    ({ invoice_id, reversed_minor, amount_minor }) =>
      reversed_minor < amount_minor && (!invoice_id || invoice_id === purchaseId),
  );
  return (
    <>
      <Heading
        title={isInvoice(purchaseId) ? "Paid invoice" : "Purchase"}
        actions={query.data?.status === "paid" && left && <Refund payment={left} onDone={query.reload} />}
      >
        <Id of={purchaseId} />
      </Heading>
      <Loaded query={query}>{(purchase) => <Purchase purchase={purchase} />}</Loaded>
    </>
  );
}

/** Invoices of subscriptions are purchases under their own ids. */
const isInvoice = (purchaseId: string) => purchaseId.startsWith("in_");

function Purchase({ purchase }: { purchase: PurchaseOut }): ReactElement {
  const payments = purchase.payments ?? [];
  const isOfPlan = Boolean(purchase.subscription_id) && !isInvoice(purchase.purchase_id);
  return (
    <>
      <Fields
        of={[
          ["Amount", <Money key="v" minor={purchase.amount_minor} currency={purchase.currency} />],
          ["Status", <Status key="v" of={purchase.status} />],
          ["User", <UserLink key="v" id={purchase.user_id} />],
          ["Kind", say(purchase.kind)],
          ["Item", `${purchase.item_id} × ${purchase.quantity}`],
          ["Credits", <Count key="v" of={purchase.credits} />],
          ["Order", <IdLink key="v" to="/orders" id={purchase.order_id} whole />],
          ["Subscription", <IdLink key="v" to="/subscriptions" id={purchase.subscription_id} whole />],
          ["Booking", <IdLink key="v" to="/bookings" id={purchase.booking_id} whole />],
          ["Automatic top-up", purchase.automatic ? "Yes" : "No"],
          ["Failure", purchase.failure ?? <Nothing />],
          ["Checkout session", purchase.session_id ? <Id key="v" of={purchase.session_id} /> : <Nothing />],
          ["Begun", <Exactly key="v" moment={purchase.created_at} />],
          // What begins a subscription is paid for again and again: each invoice tells when.
          ...(isOfPlan
            ? []
            : [["Paid", <Exactly key="v" moment={purchase.paid_at} />] satisfies [string, ReactElement]]),
        ]}
      />
      <Section title={isOfPlan ? "Invoices paid for its subscription" : "Payments"}>
        {payments.length > 0 ? (
          <Table
            caption={isOfPlan ? "Invoices paid" : "Payments"}
            rows={payments}
            keyOf={keyOf}
            columns={isOfPlan ? invoiceColumns : paymentColumns}
          />
        ) : (
          <p className="empty">{unpaid(purchase)}</p>
        )}
      </Section>
    </>
  );
}

/** Why there is no payment. */
function unpaid({ purchase_id, kind, status }: PurchaseOut): string {
  if (kind !== "plan" || status !== "paid") return "Nothing was paid yet.";
  return isInvoice(purchase_id) ? "There was nothing to pay." : "Nothing was paid for its subscription yet.";
}

const keyOf = (payment: PaymentOut) => payment.payment_intent_id;

const paymentColumns: Column<PaymentOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (payment) => <Money minor={payment.amount_minor} currency={payment.currency} />,
  },
  {
    title: "Given back",
    isNumber: true,
    cell: (payment) => <Money minor={payment.reversed_minor} currency={payment.currency} />,
  },
  { title: "Status", cell: (payment) => <Status of={payment.status} /> },
  { title: "Payment", cell: (payment) => <IdLink to="/payments" id={payment.payment_intent_id} /> },
  {
    title: "Charge",
    isExtra: true,
    cell: (payment) => (payment.charge_id ? <Id of={payment.charge_id} /> : <Nothing />),
  },
];

/** Of an invoice's payment the invoice comes first: it leads to the others. */
const invoiceColumns: Column<PaymentOut>[] = [
  ...paymentColumns.map((column) => ({ ...column, isExtra: !["Amount", "Status"].includes(column.title) })),
  { title: "Invoice", cell: (payment) => <IdLink to="/purchases" id={payment.invoice_id} /> },
];
