import type { EarningOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { useEarnings } from "./earnings.js";
import { formatDate, formatMoney } from "./formats.js";
import { classes, Empty, Failure, Loading, More } from "./parts.js";
import { usePaydesk } from "./provider.js";

/** What the user earned of each sale, newest first, and how far it is transferred. */
export function EarningList({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const earnings = useEarnings();
  const state = earnings.data?.data.length === 0 ? "empty" : earnings.status;
  return (
    <div className={classes("pd-earnings", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noEarnings}</Empty>}
      {earnings.data && earnings.data.data.length > 0 && (
        <ul className="pd-rows">
          {earnings.data.data.map((earning) => (
            <Earning key={earning.line_id} earning={earning} />
          ))}
        </ul>
      )}
      <More list={earnings} />
      {earnings.status === "error" && <Failure error={earnings.error} retry={earnings.refresh} />}
    </div>
  );
}

function Earning({ earning }: { earning: EarningOut }): ReactElement {
  const { words, locale } = usePaydesk();
  const { line_id, sale, currency, earned_minor, gross_minor, fee_minor, outstanding_minor, payable_at, earned_at } =
    earning;
  const money = (minor: number) => formatMoney(minor, currency, locale);
  const stands = outstanding_minor > 0 ? "open" : outstanding_minor < 0 ? "owed" : "settled";
  return (
    <li data-earning={line_id} data-status={stands}>
      <span>
        <strong className="pd-name">{words.sale(sale)}</strong>{" "}
        <time dateTime={earned_at}>{formatDate(earned_at, locale)}</time>{" "}
        <span className="pd-note">{words.ofWhich(money(gross_minor), money(fee_minor))}</span>
      </span>
      <span>
        <span className="pd-status">
          {words.earningStatus[stands](money(Math.abs(outstanding_minor)), formatDate(payable_at, locale))}
        </span>{" "}
        <span className="pd-price">{money(earned_minor)}</span>
      </span>
    </li>
  );
}
