// What a user wants their money back for.

import type { PageRefundRequestOut, RefundRequestOut } from "@paydesk/client";

import { type Action, useAction } from "./action.js";
import { usePaydesk } from "./provider.js";
import { type List, useList } from "./resource.js";

/** Which purchase, and why: all that its policy allows is asked for. */
export interface RefundInput {
  purchaseId: string;
  reason: string;
}

/** The user's requests for refunds, newest first. */
export function useRefundRequests(): List<PageRefundRequestOut> {
  return useList("refundRequests");
}

/** Asks for money back. What is within the policy of the purchase may be granted at once. */
export function useAskForRefund(): Action<RefundInput, RefundRequestOut> {
  const { client, cache } = usePaydesk();
  return useAction(async ({ purchaseId, reason }: RefundInput, idempotencyKey) => {
    const request = await client.requestRefund({ purchase_id: purchaseId, reason }, { idempotencyKey });
    await cache.refresh("refundRequests", "purchases");
    return request;
  });
}
