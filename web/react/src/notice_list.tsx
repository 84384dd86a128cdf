import type { ReactElement } from "react";

import { useNotices } from "./credits.js";
import { formatDate, formatNumber } from "./formats.js";
import { classes, Empty, Failure, Loading, More } from "./parts.js";
import { usePaydesk } from "./provider.js";

/** What the user is to be told, newest first, as it happens. */
export function NoticeList({ className }: { className?: string }): ReactElement {
  const { words, locale } = usePaydesk();
  const notices = useNotices();
  const state = notices.data?.data.length === 0 ? "empty" : notices.status;
  return (
    <div className={classes("pd-notices", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noNotices}</Empty>}
      <ul className="pd-rows" aria-live="polite" aria-relevant="additions">
        {notices.data?.data.map(({ notice_id, kind, created_at, balance, ends_at }) => (
          <li key={notice_id} data-kind={kind}>
            <span>
              {words.notice[kind]({
                balance: balance == null ? "" : formatNumber(balance, locale),
                date: ends_at ? formatDate(ends_at, locale) : "",
              })}
            </span>
            <time dateTime={created_at}>{formatDate(created_at, locale)}</time>
          </li>
        ))}
      </ul>
      <More list={notices} />
      {notices.status === "error" && <Failure error={notices.error} retry={notices.refresh} />}
    </div>
  );
}
