// What happens when the wallet runs low: a notice, a purchase by itself.

import type { Input, SetUpOut, TopUpOut } from "@paydesk/client";

import { type Action, useAction } from "./action.js";
import { useLeaving } from "./checkout.js";
import { usePaydesk } from "./provider.js";
import { type Resource, useResource } from "./resource.js";

/** What is wanted. The price of the pack at this moment is agreed to; more is never charged. */
export type TopUpInput = Omit<Input<"change_top_up">, "user_id">;

export type UseTopUp = Resource<TopUpOut> & {
  save: Action<TopUpInput, TopUpOut>;
  /** Ends it: neither notices nor purchases. */
  turnOff: Action<undefined, void>;
  /** Leads to the page on which a payment method is saved. No money is taken there. */
  saveMethod: Action<undefined, SetUpOut>;
};

/** What is wanted when the wallet runs low, and where that stands. */
export function useTopUp(): UseTopUp {
  const { client, cache, userId, currency, successUrl, cancelUrl, navigate } = usePaydesk();
  return {
    ...useResource("topUp"),
    save: useAction(async (input: TopUpInput) => {
      const saved = await client.changeTopUp({ user_id: userId, ...(currency && { currency }), ...input });
      cache.set("topUp", saved);
      return saved;
    }),
    turnOff: useAction(async (_: undefined) => {
      await client.removeTopUp({ user_id: userId });
      await cache.refresh("topUp");
    }),
    saveMethod: useLeaving(async (_: undefined, idempotencyKey) => {
      const pages = { ...(successUrl && { success_url: successUrl }), ...(cancelUrl && { cancel_url: cancelUrl }) };
      const page = await client.setUpTopUp({ user_id: userId, ...pages }, { idempotencyKey });
      navigate(page.url);
      return page;
    }),
  };
}
