import type { PurchaseOut } from "@paydesk/client";
import { type ReactElement, useState } from "react";

import { useProducts, usePurchases } from "./credits.js";
import { formatDate, formatMoney } from "./formats.js";
import { Button, classes, Empty, Failure, Loading, More, Said } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { RefundQuestion } from "./refund_requests.js";

export interface PurchaseListProps {
  /** Whether the user may ask here for their money back. */
  withRefunds?: boolean;
  className?: string;
}

/** What the user has bought, and what they set out to buy: where each stands, how to go on paying, and to ask for a refund. */
export function PurchaseList({ withRefunds = false, className }: PurchaseListProps): ReactElement {
  const { words } = usePaydesk();
  const purchases = usePurchases();
  const [refunding, askAbout] = useState<PurchaseOut>();
  const [said, say] = useState("");
  const names = useProducts().data?.data;
  const nameOf = ({ item_id }: PurchaseOut) => names?.find(({ id }) => id === item_id)?.name ?? item_id;
  const state = purchases.data?.data.length === 0 ? "empty" : purchases.status;
  return (
    <div className={classes("pd-purchases", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noPurchases}</Empty>}
      {purchases.data && purchases.data.data.length > 0 && (
        <ul className="pd-rows">
          {purchases.data.data.map((purchase) => (
            <Purchase
              key={purchase.purchase_id}
              purchase={purchase}
              name={nameOf(purchase)}
              onRefund={withRefunds ? askAbout : undefined}
            />
          ))}
        </ul>
      )}
      <More list={purchases} />
      <Said>{said}</Said>
      {refunding && (
        <RefundQuestion
          purchase={refunding}
          name={nameOf(refunding)}
          onClose={(text) => {
            askAbout(undefined);
            if (text) say(text);
          }}
        />
      )}
      {purchases.status === "error" && <Failure error={purchases.error} retry={purchases.refresh} />}
    </div>
  );
}

interface PurchaseProps {
  purchase: PurchaseOut;
  name: string;
  onRefund: ((purchase: PurchaseOut) => void) | undefined;
}

function Purchase({ purchase, name, onRefund }: PurchaseProps): ReactElement {
  const { words, locale, navigate } = usePaydesk();
  const { purchase_id, status, quantity, amount_minor, refunded_minor, currency, created_at, automatic, url } =
    purchase;
  return (
    <li data-purchase={purchase_id} data-status={status}>
      <span>
        <strong className="pd-name">{quantity > 1 ? words.several(quantity, name) : name}</strong>{" "}
        <time dateTime={created_at}>{formatDate(created_at, locale)}</time>
        {automatic && <span className="pd-note"> {words.byItself}</span>}
        {refunded_minor > 0 && (
          <span className="pd-note"> {words.givenBack(formatMoney(refunded_minor, currency, locale))}</span>
        )}
      </span>
      <span>
        <span className="pd-status">{words.purchaseStatus[status]}</span>{" "}
        <span className="pd-price">{formatMoney(amount_minor, currency, locale)}</span>{" "}
        {status === "open" && url && (
          <Button aria-label={words.payFor(name)} onClick={() => navigate(url)}>
            {words.pay}
          </Button>
        )}
        {status === "paid" && onRefund && (
          <Button aria-label={words.refundOf(name)} onClick={() => onRefund(purchase)}>
            {words.askForRefund}
          </Button>
        )}
      </span>
    </li>
  );
}
