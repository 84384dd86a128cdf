import type { PurchaseOut, RefundRequestOut } from "@paydesk/client";
import { type ReactElement, useId, useState } from "react";

import { useProducts } from "./credits.js";
import { formatDate, formatMoney } from "./formats.js";
import { classes, Empty, Failure, Loading, More, Question } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { useAskForRefund, useRefundRequests } from "./refunds.js";

/** What the user asked their money back for: how much, where it stands, and what the shop said. */
export function RefundRequestList({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const requests = useRefundRequests();
  const names = useProducts().data?.data;
  const state = requests.data?.data.length === 0 ? "empty" : requests.status;
  return (
    <div className={classes("pd-refunds", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noRefunds}</Empty>}
      {requests.data && requests.data.data.length > 0 && (
        <ul className="pd-rows">
          {requests.data.data.map((request) => (
            <Request
              key={request.request_id}
              request={request}
              name={names?.find(({ id }) => id === request.item_id)?.name ?? request.item_id}
            />
          ))}
        </ul>
      )}
      <More list={requests} />
      {requests.status === "error" && <Failure error={requests.error} retry={requests.refresh} />}
    </div>
  );
}

function Request({ request, name }: { request: RefundRequestOut; name: string }): ReactElement {
  const { words, locale } = usePaydesk();
  const { request_id, status, amount_minor, currency, created_at, answer } = request;
  return (
    <li data-request={request_id} data-status={status}>
      <span>
        <strong className="pd-name">{name}</strong> <time dateTime={created_at}>{formatDate(created_at, locale)}</time>
        {answer && <span className="pd-note"> {answer}</span>}
      </span>
      <span>
        <span className="pd-status">{words.refundStatus[status]}</span>{" "}
        <span className="pd-price">{formatMoney(amount_minor, currency, locale)}</span>
      </span>
    </li>
  );
}

interface RefundQuestionProps {
  purchase: PurchaseOut;
  name: string;
  /** Told what is to be said, where it was asked for. */
  onClose: (said?: string) => void;
}

/** Asks why, and then for the money. */
export function RefundQuestion({ purchase, name, onClose }: RefundQuestionProps): ReactElement {
  const { words } = usePaydesk();
  const ask = useAskForRefund();
  const [reason, setReason] = useState("");
  const reasonId = useId();
  return (
    <Question
      title={words.refundOf(name)}
      confirm={words.askForRefund}
      keep={words.keepPurchase}
      isPending={ask.status === "pending"}
      isReady={reason.trim() !== ""}
      error={ask.error}
      onConfirm={async () => {
        const asked = await ask.run({ purchaseId: purchase.purchase_id, reason: reason.trim() });
        if (asked) onClose(words.refundAsked);
      }}
      onClose={() => onClose()}
    >
      <p>{words.refundText}</p>
      <div className="pd-field">
        <label htmlFor={reasonId}>{words.refundReason}</label>
        <textarea
          id={reasonId}
          rows={3}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </Question>
  );
}
