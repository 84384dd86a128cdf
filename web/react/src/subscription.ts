// What a user has in a group of plans, and everything they can do about it.

import type {
  CommandOut,
  PageInvoiceOut,
  PortalOut,
  PreviewOut,
  ProductOut,
  Started,
  Subscribed,
} from "@paydesk/client";

import { type Action, useAction } from "./action.js";
import { beginCheckout, useLeaving } from "./checkout.js";
import { usePaydesk } from "./provider.js";
import { type List, useList, useResource } from "./resource.js";

/** Words of Stripe for subscriptions that are over. */
const OVER: readonly string[] = ["canceled", "incomplete_expired"];

interface Here {
  /** The live subscription, where there is one. */
  subscription: (Subscribed & { subscription_id: string }) | undefined;
  /** Its plan, where that is still known to the catalogue. */
  plan: ProductOut | undefined;
  /** The plans of the group that are on sale. */
  plans: ProductOut[];
}

/** What a user has in a group of plans. */
export type SubscriptionState =
  | { status: "loading"; data: undefined; error: undefined }
  | { status: "error"; data: Here | undefined; error: unknown }
  | { status: "ready"; data: Here; error: undefined };

export type UseSubscription = SubscriptionState & {
  refresh: () => Promise<void>;
  /** Leads to the checkout of a plan. */
  subscribe: Action<string, Started>;
  /** Shows what a change to a plan costs now; its `proration_date` goes into the change. */
  preview: Action<string, PreviewOut>;
  change: Action<{ planId: string; prorationDate?: number | undefined }, CommandOut>;
  /** Ends it with the period that is paid for. */
  cancel: Action<undefined, CommandOut>;
  /** Keeps it after all, or ends a pause. */
  resume: Action<undefined, CommandOut>;
  /** Leads to Stripe's own page: payment methods, invoices, address. From there back to this page, within your origins. */
  openPortal: Action<string | undefined, PortalOut>;
};

/** The user's subscription in a group of plans; `main` is the group of plans that name none. */
export function useSubscription(group = "main"): UseSubscription {
  const paydesk = usePaydesk();
  const { client, cache, navigate } = paydesk;
  const state = useHere(group);
  const id = state.data?.subscription?.subscription_id ?? "";
  const followed = async <Out>(outcome: Promise<Out>): Promise<Out> => {
    const out = await outcome;
    await cache.refresh("entitlements", "invoices", "keys", "credits");
    return out;
  };
  return {
    ...state,
    subscribe: useLeaving((planId: string, key) => beginCheckout(paydesk, { item_id: planId }, key)),
    preview: useAction((planId: string) => client.previewSubscriptionChange({ id, plan_id: planId })),
    change: useAction(
      ({ planId, prorationDate }: { planId: string; prorationDate?: number | undefined }, idempotencyKey) =>
        followed(
          client.changeSubscription({ id, plan_id: planId, proration_date: prorationDate ?? null }, { idempotencyKey }),
        ),
    ),
    cancel: useAction((_: undefined) => followed(client.cancelSubscription({ id }))),
    resume: useAction((_: undefined, idempotencyKey) =>
      followed(client.resumeSubscription({ id }, { idempotencyKey })),
    ),
    openPortal: useLeaving(async (returnUrl: string | undefined) => {
      const portal = await client.openCustomerPortal(returnUrl === undefined ? {} : { return_url: returnUrl });
      navigate(portal.url);
      return portal;
    }),
  };
}

/** Two reads, looked at as one. */
function useHere(group: string): SubscriptionState & { refresh: () => Promise<void> } {
  const products = useResource("products");
  const entitlements = useResource("entitlements");
  const refresh = async () => void (await Promise.all([products.refresh(), entitlements.refresh()]));
  const error = products.error ?? entitlements.error;
  if (!products.data || !entitlements.data) {
    return error === undefined
      ? { status: "loading", data: undefined, error: undefined, refresh }
      : { status: "error", data: undefined, error, refresh };
  }
  const plans = products.data.data.filter((item) => item.plan?.group === group);
  const stands = entitlements.data.subscriptions.find((one) => one.group === group);
  const subscription = stands && isLive(stands) ? stands : undefined;
  const data = { subscription, plan: plans.find(({ id }) => id === subscription?.plan_id), plans };
  return error === undefined ? { status: "ready", data, error, refresh } : { status: "error", data, error, refresh };
}

function isLive(one: Subscribed): one is Subscribed & { subscription_id: string } {
  return Boolean(one.subscription_id && one.status && !OVER.includes(one.status));
}

/** The user's invoices, newest first. */
export function useInvoices(): List<PageInvoiceOut> {
  return useList("invoices");
}
