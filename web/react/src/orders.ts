// What a user has ordered, and ordering.

import type { Input, OrderOut, PageOrderOut, Started } from "@paydesk/client";

import { type Action, useAction } from "./action.js";
import { beginCheckout, useLeaving } from "./checkout.js";
import { usePaydesk } from "./provider.js";
import { type List, useList } from "./resource.js";

/** What an order is made of: its package, and what the package asks for. */
export type OrderInput = Pick<Input<"create_order">, "package_id" | "fields">;

export type UseOrders = List<PageOrderOut> & {
  /** Makes an order and leads to its checkout. */
  place: Action<OrderInput, OrderOut>;
  /** Leads to the checkout of an order that waits for its payment. */
  pay: Action<string, Started>;
  /** Cancels an order on which no work has begun; what was paid goes back as the shop's rules say. */
  cancel: Action<string, OrderOut>;
};

/** The user's orders, newest first. */
export function useOrders(): UseOrders {
  const paydesk = usePaydesk();
  const { client, cache } = paydesk;
  const orders = useList("orders");
  return {
    ...orders,
    pay: useLeaving((orderId: string, idempotencyKey) => beginCheckout(paydesk, { order_id: orderId }, idempotencyKey)),
    place: usePlaceOrder(),
    cancel: useAction(async (orderId: string, idempotencyKey) => {
      const order = await client.moveOrder({ order_id: orderId, to: "cancelled" }, { idempotencyKey });
      await cache.refresh("orders");
      return order;
    }),
  };
}

/** Makes an order and leads to its checkout, without reading what was ordered before. */
export function usePlaceOrder(): Action<OrderInput, OrderOut> {
  const paydesk = usePaydesk();
  return useLeaving(async (input: OrderInput, idempotencyKey) => {
    const order = await paydesk.client.createOrder(input, { idempotencyKey });
    await paydesk.cache.refresh("orders");
    await beginCheckout(paydesk, { order_id: order.order_id }, `${idempotencyKey}-pay`);
    return order;
  });
}
