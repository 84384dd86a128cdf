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
  const left = query.data?.payments?.find((payment) => payment.reversed_minor < payment.amount_minor);
  return (
    <>
      <Heading
        title="Purchase"
        actions={query.data?.status === "paid" && left && <Refund payment={left} onDone={query.reload} />}
      >
        <Id of={purchaseId} />
      </Heading>
      <Loaded query={query}>{(purchase) => <Purchase purchase={purchase} />}</Loaded>
    </>
  );
}

function Purchase({ purchase }: { purchase: PurchaseOut }): ReactElement {
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
          ["Booking", <IdLink key="v" to="/bookings" id={purchase.booking_id} whole />],
          ["Automatic top-up", purchase.automatic ? "Yes" : "No"],
          ["Failure", purchase.failure ?? <Nothing />],
          ["Checkout session", purchase.session_id ? <Id key="v" of={purchase.session_id} /> : <Nothing />],
          ["Begun", <Exactly key="v" moment={purchase.created_at} />],
          ["Paid", <Exactly key="v" moment={purchase.paid_at} />],
        ]}
      />
      <Section title="Payments">
        {purchase.payments && purchase.payments.length > 0 ? (
          <Table caption="Payments" rows={purchase.payments} keyOf={keyOf} columns={paymentColumns} />
        ) : (
          <p className="empty">Nothing was paid yet.</p>
        )}
      </Section>
    </>
  );
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
