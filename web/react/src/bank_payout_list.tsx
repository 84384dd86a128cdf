import type { BankPayoutOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { useBankPayouts } from "./earnings.js";
import { formatDate, formatMoney } from "./formats.js";
import { classes, Empty, Failure, Loading, More } from "./parts.js";
import { usePaydesk } from "./provider.js";

/** What Stripe sent to the user's bank, newest first; of what the bank sent back, why and what to do. */
export function BankPayoutList({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const payouts = useBankPayouts();
  const state = payouts.data?.data.length === 0 ? "empty" : payouts.status;
  return (
    <div className={classes("pd-bank-payouts", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noBankPayouts}</Empty>}
      {payouts.data && payouts.data.data.length > 0 && (
        <ul className="pd-rows">
          {payouts.data.data.map((payout) => (
            <BankPayout key={payout.payout_id} payout={payout} />
          ))}
        </ul>
      )}
      <More list={payouts} />
      {payouts.status === "error" && <Failure error={payouts.error} retry={payouts.refresh} />}
    </div>
  );
}

function BankPayout({ payout }: { payout: BankPayoutOut }): ReactElement {
  const { words, locale } = usePaydesk();
  const { payout_id, status, amount_minor, currency, arrives_at, created_at, failure_message, failure_code } = payout;
  // Stripe names the day of arrival by its beginning in UTC.
  const arrival = arrives_at ? formatDate(arrives_at, locale, "UTC") : "";
  return (
    <li data-payout={payout_id} data-status={status}>
      <time dateTime={created_at}>{formatDate(created_at, locale)}</time>
      <span>
        <span className="pd-status">{words.bankPayoutStatus[status](arrival)}</span>{" "}
        <span className="pd-price">{formatMoney(amount_minor, currency, locale)}</span>
      </span>
      {status === "failed" && (
        <p>
          <span className="pd-note">{failure_message ?? failure_code?.replaceAll("_", " ")}</span>{" "}
          <span className="pd-warning">{words.payoutFailed}</span>
        </p>
      )}
    </li>
  );
}
