import type { ReactElement } from "react";

import { usePayoutAccount } from "./earnings.js";
import { Button, classes, Failure, Loading } from "./parts.js";
import { usePaydesk } from "./provider.js";

export interface PayoutAccountProps {
  /** Where Stripe's page leads back to, within your origins. */
  returnUrl?: string;
  className?: string;
}

/** Whether the user can be paid, and the way to Stripe's page on which they see to it. */
export function PayoutAccount({ returnUrl, className }: PayoutAccountProps): ReactElement {
  const { words } = usePaydesk();
  const { status, data, error, refresh, begin } = usePayoutAccount();
  const isDue = data != null && data.currently_due.length > 0;
  return (
    <div className={classes("pd-payout-account", className)} data-state={status} data-account={data?.status}>
      {status === "loading" && <Loading />}
      {data !== undefined && (
        <>
          <p>{data ? words.payoutStatus[data.status] : words.noPayoutAccount}</p>
          {isDue && <p className="pd-note pd-warning">{words.payoutDue}</p>}
          {data?.status !== "closed" && (
            <p className="pd-actions">
              <Button
                kind={data?.payable ? undefined : "primary"}
                isPending={begin.status === "pending" || begin.status === "done"}
                onClick={() => begin.run(returnUrl)}
              >
                {data ? words.goOnAtStripe : words.beginPayouts}
              </Button>
            </p>
          )}
        </>
      )}
      <Failure error={begin.error} />
      {status === "error" && <Failure error={error} retry={refresh} />}
    </div>
  );
}
