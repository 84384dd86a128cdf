import type { ProductOut } from "@paydesk/client";
import type { ReactElement, ReactNode } from "react";

import { type CheckoutInput, useCheckout } from "./checkout.js";
import { useProducts } from "./credits.js";
import { formatMoney, formatNumber } from "./formats.js";
import { Button, classes, Empty, Failure, Loading } from "./parts.js";
import { usePaydesk } from "./provider.js";

export interface PurchaseButtonProps
  extends Pick<CheckoutInput, "quantity" | "currency" | "success_url" | "cancel_url"> {
  /** What is bought: the id of an item of the catalogue. */
  itemId: string;
  className?: string;
  /** What the button says, in place of the item's credits or name. */
  children?: ReactNode;
}

/** Leads to the checkout of an item, and says what it costs. */
export function PurchaseButton({ itemId, className, children, ...input }: PurchaseButtonProps): ReactElement {
  const { currency } = usePaydesk();
  const products = useProducts();
  const checkout = useCheckout();
  const item = products.data?.data.find(({ id }) => id === itemId);
  const wanted = input.currency ?? currency ?? products.data?.currency ?? "";
  const price = item?.prices[wanted];
  const state = products.status === "ready" && price === undefined ? "empty" : products.status;
  return (
    <div className={classes("pd-purchase", className)} data-state={state}>
      {item && price !== undefined && (
        <Button
          kind="primary"
          isPending={checkout.status === "pending" || checkout.status === "done"}
          onClick={() => checkout.run({ ...input, item_id: itemId })}
        >
          <span>{children ?? <Offer item={item} quantity={input.quantity ?? 1} />}</span>{" "}
          <Price minor={price * (input.quantity ?? 1)} currency={wanted} />
        </Button>
      )}
      {state === "loading" && <Loading />}
      {state === "empty" && <EmptyShelf />}
      <Failure error={checkout.error} />
      {products.status === "error" && <Failure error={products.error} retry={products.refresh} />}
    </div>
  );
}

function Offer({ item, quantity }: { item: ProductOut; quantity: number }): ReactElement {
  const { words, locale } = usePaydesk();
  const credits = item.kind === "credit_pack" && item.credits ? item.credits * quantity : 0;
  return <>{credits ? words.buyCredits(formatNumber(credits, locale)) : words.buy(item.name)}</>;
}

export function Price({ minor, currency }: { minor: number; currency: string }): ReactElement {
  const { locale } = usePaydesk();
  return <span className="pd-price">{formatMoney(minor, currency, locale)}</span>;
}

function EmptyShelf(): ReactElement {
  const { words } = usePaydesk();
  return <Empty>{words.notForSale}</Empty>;
}
