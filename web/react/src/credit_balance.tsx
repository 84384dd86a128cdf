import type { ReactElement } from "react";

import { useCredits } from "./credits.js";
import { formatNumber } from "./formats.js";
import { classes, Failure, Loading } from "./parts.js";
import { usePaydesk } from "./provider.js";

/** The user's credits, as they change: what may be spent, and what stands in its way. */
export function CreditBalance({ className }: { className?: string }): ReactElement {
  const { words, locale } = usePaydesk();
  const { status, data, error, refresh } = useCredits();
  const number = (amount: number) => formatNumber(amount, locale);
  return (
    <div className={classes("pd-balance", className)} data-state={status}>
      {status === "loading" && <Loading />}
      {data && (
        <>
          <p className="pd-balance-amount" aria-live="polite">
            <span className="pd-balance-label">{words.credits}</span>{" "}
            <strong className="pd-balance-value">{number(data.balance)}</strong>
          </p>
          {data.held > 0 && <p className="pd-note">{words.creditsHeld(number(data.held))}</p>}
          {data.owed > 0 && <p className="pd-note pd-warning">{words.creditsOwed(number(data.owed))}</p>}
          {data.frozen && <p className="pd-note pd-warning">{words.creditsFrozen}</p>}
        </>
      )}
      <Failure error={error} retry={refresh} />
    </div>
  );
}
