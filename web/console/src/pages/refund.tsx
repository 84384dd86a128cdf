// Giving back what was paid, from wherever a payment is shown.

import type { ReactElement } from "react";

import { formatMoney, say } from "../formats.js";
import { parseMoney } from "../money.js";
import { Act } from "../parts/act.js";
import { client } from "../server.js";

/** As much of a payment as giving it back needs. */
export interface Refundable {
  payment_intent_id: string;
  amount_minor: number;
  reversed_minor: number;
  currency: string;
}

const REASONS = [
  { value: "requested_by_customer", label: "Requested by the customer" },
  { value: "duplicate", label: "Duplicate" },
  { value: "fraudulent", label: "Fraudulent" },
] as const;

export function Refund({ payment, onDone }: { payment: Refundable; onDone: () => void }): ReactElement {
  const { currency, payment_intent_id, amount_minor, reversed_minor } = payment;
  const most = formatMoney(amount_minor - reversed_minor, currency);
  return (
    <Act
      label="Refund"
      title="Give money back?"
      isDangerous
      asks={[
        {
          name: "amount",
          label: `Amount in ${currency.toUpperCase()}`,
          hint: `${most} at most, and all of that where left empty.`,
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
        return `${formatMoney(refund.amount_minor, refund.currency)} given back: ${say(refund.status).toLowerCase()}.`;
      }}
      onDone={onDone}
    >
      <p>
        {reversed_minor > 0
          ? `${formatMoney(reversed_minor, currency)} of ${formatMoney(amount_minor, currency)} went back already; ${most} can still be given back.`
          : `${most} can be given back.`}
      </p>
      <p className="soft">
        What was bought is taken back in the same share; credits that are spent already become a debt.
      </p>
    </Act>
  );
}
