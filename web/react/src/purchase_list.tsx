import type { PurchaseOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { useProducts, usePurchases } from "./credits.js";
import { formatDate, formatMoney } from "./formats.js";
import { Button, classes, Empty, Failure, Loading, More } from "./parts.js";
import { usePaydesk } from "./provider.js";

/** What the user has bought, and what they set out to buy: where each stands, what went back, and how to go on paying. */
export function PurchaseList({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const purchases = usePurchases();
  const names = useProducts().data?.data;
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
              name={names?.find(({ id }) => id === purchase.item_id)?.name ?? purchase.item_id}
            />
          ))}
        </ul>
      )}
      <More list={purchases} />
      {purchases.status === "error" && <Failure error={purchases.error} retry={purchases.refresh} />}
    </div>
  );
}

function Purchase({ purchase, name }: { purchase: PurchaseOut; name: string }): ReactElement {
  const { words, locale, navigate } = usePaydesk();
  const { purchase_id, status, quantity, amount_minor, currency, created_at, automatic, url } = purchase;
  return (
    <li data-purchase={purchase_id} data-status={status}>
      <span>
        <strong className="pd-name">{quantity > 1 ? words.several(quantity, name) : name}</strong>{" "}
        <time dateTime={created_at}>{formatDate(created_at, locale)}</time>
        {automatic && <span className="pd-note"> {words.byItself}</span>}
      </span>
      <span>
        <span className="pd-status">{words.purchaseStatus[status]}</span>{" "}
        <span className="pd-price">{formatMoney(amount_minor, currency, locale)}</span>{" "}
        {status === "open" && url && (
          <Button aria-label={words.payFor(name)} onClick={() => navigate(url)}>
            {words.pay}
          </Button>
        )}
      </span>
    </li>
  );
}
