// One purchase: what was bought, its payments at Stripe, and giving money back.

import type { PaymentOut, PurchaseOut } from "@paydesk/client";
import { formatMoney } from "@paydesk/react";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { parseMoney } from "../money.js";
import { Act } from "../parts/act.js";
import { Fields, Section } from "../parts/fields.js";
import { Loaded } from "../parts/states.js";
import { type Column, Table } from "../parts/table.js";
import { At, Count, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";

export const purchaseColumns: Column<PurchaseOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (purchase) => (
      <Link data-entry="" to={`/payments/${encodeURIComponent(purchase.purchase_id)}`}>
        <Money minor={purchase.amount_minor} currency={purchase.currency} />
      </Link>
    ),
  },
  { title: "Status", cell: (purchase) => <Status of={purchase.status} /> },
  { title: "Item", cell: (purchase) => purchase.item_id },
  { title: "Kind", isExtra: true, cell: (purchase) => say(purchase.kind) },
  { title: "Begun", cell: (purchase) => <At moment={purchase.created_at} /> },
];

export function PaymentPage({ purchaseId }: { purchaseId: string }): ReactElement {
  const query = useQuery(`payment ${purchaseId}`, (signal) =>
    client.readPurchase({ purchase_id: purchaseId }, { signal }),
  );
  const left = query.data?.payments?.find((payment) => payment.reversed_minor < payment.amount_minor);
  return (
    <>
      <Heading
        title="Payment"
        actions={query.data?.status === "paid" && left && <Refund payment={left} onDone={query.reload} />}
      >
        <Id of={purchaseId} />
      </Heading>
      <Loaded query={query}>{(purchase) => <Payment purchase={purchase} />}</Loaded>
    </>
  );
}

const REASONS = [
  { value: "requested_by_customer", label: "Requested by the customer" },
  { value: "duplicate", label: "Duplicate" },
  { value: "fraudulent", label: "Fraudulent" },
] as const;

function Refund({ payment, onDone }: { payment: PaymentOut; onDone: () => void }): ReactElement {
  const { currency, payment_intent_id } = payment;
  const most = formatMoney(payment.amount_minor - payment.reversed_minor, currency, "en");
  return (
    <Act
      label="Refund"
      title="Give money back?"
      isDangerous
      asks={[
        {
          name: "amount",
          label: `Amount in ${currency.toUpperCase()}`,
          hint: `All of it, ${most}, where left empty.`,
          isOptional: true,
        },
        { name: "reason", label: "Reason for Stripe", options: REASONS },
        { name: "note", label: "Note, kept with the refund", isLong: true },
      ]}
      perform={async ({ amount = "", reason, note = "" }, key) => {
        const amountMinor = amount === "" ? undefined : parseMoney(amount, currency);
        if (amount !== "" && amountMinor === undefined)
          throw new Error(`${amount} is no amount in ${currency.toUpperCase()}.`);
        const known = REASONS.find(({ value }) => value === reason)?.value ?? null;
        const wanted = {
          payment_intent_id,
          reason: known,
          note,
          ...(amountMinor ? { amount_minor: amountMinor } : {}),
        };
        const refund = await client.createRefund(wanted, { idempotencyKey: key });
        return `${formatMoney(refund.amount_minor, refund.currency, "en")} given back: ${say(refund.status).toLowerCase()}.`;
      }}
      onDone={onDone}
    >
      <p className="soft">
        What was bought is taken back in the same share; credits that are spent already become a debt.
      </p>
    </Act>
  );
}

function Payment({ purchase }: { purchase: PurchaseOut }): ReactElement {
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
          ["Automatic top-up", purchase.automatic ? "Yes" : "No"],
          ["Failure", purchase.failure ?? <Nothing />],
          ["Checkout session", purchase.session_id ? <Id key="v" of={purchase.session_id} /> : <Nothing />],
          ["Begun", <Exactly key="v" moment={purchase.created_at} />],
          ["Paid", <Exactly key="v" moment={purchase.paid_at} />],
        ]}
      />
      <Section title="At Stripe">
        {purchase.payments && purchase.payments.length > 0 ? (
          <Table caption="Payments at Stripe" rows={purchase.payments} keyOf={keyOf} columns={paymentColumns} />
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
  { title: "PaymentIntent", isExtra: true, cell: (payment) => <Id of={payment.payment_intent_id} /> },
  {
    title: "Charge",
    isExtra: true,
    cell: (payment) => (payment.charge_id ? <Id of={payment.charge_id} /> : <Nothing />),
  },
];
