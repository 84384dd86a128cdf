// What a user earns of what others buy, and the account that it is paid to.

import type { OnboardingOut, PageBankPayoutOut, PageEarningOut, PayoutAccountOut } from "@paydesk/client";

import type { Action } from "./action.js";
import { useLeaving } from "./checkout.js";
import { usePaydesk } from "./provider.js";
import { type List, type Resource, useList, useResource } from "./resource.js";

/** What the user earned of each sale, newest first. */
export function useEarnings(): List<PageEarningOut> {
  return useList("earnings");
}

/** What Stripe sent from the user's account to their bank, newest first. */
export function useBankPayouts(): List<PageBankPayoutOut> {
  return useList("bankPayouts");
}

export type UsePayoutAccount = Resource<PayoutAccountOut | null> & {
  /** Leads to Stripe's page, on which the user says who they are and where they want to be paid; and back to an address within your origins. */
  begin: Action<string | undefined, OnboardingOut>;
};

/** The account that the user's earnings go to; null where none was asked for yet. */
export function usePayoutAccount(): UsePayoutAccount {
  const { client, userId, navigate } = usePaydesk();
  const account = useResource("payoutAccount");
  const begin = useLeaving(async (backTo: string | undefined, idempotencyKey) => {
    const back = backTo === undefined ? {} : { return_url: backTo, refresh_url: backTo };
    const begun = await client.beginOnboarding({ user_id: userId, ...back }, { idempotencyKey });
    navigate(begun.url);
    return begun;
  });
  return { ...account, begin };
}
