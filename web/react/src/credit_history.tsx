import type { HistoryEntry } from "@paydesk/client";
import type { ReactElement } from "react";

import { useCreditHistory } from "./credits.js";
import { formatDate, formatNumber } from "./formats.js";
import { classes, Empty, Failure, Loading, More } from "./parts.js";
import { usePaydesk } from "./provider.js";

/** What happened to the user's credits, newest first: what for, how many, and how many there were afterwards. */
export function CreditHistory({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const history = useCreditHistory();
  const state = history.data?.data.length === 0 && !history.data.next ? "empty" : history.status;
  return (
    <div className={classes("pd-history", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noHistory}</Empty>}
      {history.data && history.data.data.length > 0 && (
        <table className="pd-table">
          <caption className="pd-hidden">{words.history}</caption>
          <thead>
            <tr>
              <th scope="col">{words.when}</th>
              <th scope="col">{words.what}</th>
              <th scope="col" className="pd-number">
                {words.change}
              </th>
              <th scope="col" className="pd-number">
                {words.balance}
              </th>
            </tr>
          </thead>
          <tbody>
            {history.data.data.map((entry) => (
              <Entry key={entry.transfer_id} entry={entry} />
            ))}
          </tbody>
        </table>
      )}
      <More list={history} />
      {history.status === "error" && <Failure error={history.error} retry={history.refresh} />}
    </div>
  );
}

function Entry({ entry }: { entry: HistoryEntry }): ReactElement {
  const { locale, words } = usePaydesk();
  const { at, amount, balance, reason } = entry;
  return (
    <tr data-code={entry.code}>
      <td>
        <time dateTime={at}>{formatDate(at, locale)}</time>
      </td>
      <td>
        {words.transfer(entry)}
        {reason && <span className="pd-note"> {reason}</span>}
      </td>
      <td className="pd-number">
        {amount > 0 && "+"}
        {formatNumber(amount, locale)}
      </td>
      <td className="pd-number">{balance != null && formatNumber(balance, locale)}</td>
    </tr>
  );
}
