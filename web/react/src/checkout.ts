// Leading a buyer to the checkout.

import type { Input, Started } from "@paydesk/client";
import { useEffect } from "react";

import { type Action, useAction } from "./action.js";
import { type Paydesk, usePaydesk } from "./provider.js";

/** What is to be bought: an item of the catalogue, or an order. */
export type CheckoutInput = Input<"create_checkout_session">;

/** Begins a checkout and leads the buyer there. It is `done` while the page is being left. */
export function useCheckout(): Action<CheckoutInput, Started> {
  const paydesk = usePaydesk();
  return useLeaving((input: CheckoutInput, idempotencyKey) => beginCheckout(paydesk, input, idempotencyKey));
}

export async function beginCheckout(paydesk: Paydesk, input: CheckoutInput, idempotencyKey: string): Promise<Started> {
  const { client, currency, successUrl, cancelUrl, navigate } = paydesk;
  // An order that was begun in one currency is paid in it.
  const preferred = currency && !input.order_id ? { currency } : {};
  const pages = { ...(successUrl && { success_url: successUrl }), ...(cancelUrl && { cancel_url: cancelUrl }) };
  const started = await client.createCheckoutSession({ ...preferred, ...pages, ...input }, { idempotencyKey });
  navigate(started.url);
  return started;
}

/** An action that ends with leaving the page. When the browser brings the page back as it was, it no longer waits. */
export function useLeaving<Input, Result>(
  perform: (input: Input, idempotencyKey: string) => Promise<Result>,
): Action<Input, Result> {
  const action = useAction(perform);
  const { reset } = action;
  useEffect(() => {
    const come = (event: PageTransitionEvent) => {
      if (event.persisted) reset();
    };
    window.addEventListener("pageshow", come);
    return () => window.removeEventListener("pageshow", come);
  }, [reset]);
  return action;
}
