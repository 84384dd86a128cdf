// What a user wants their money back for.

import type { PageRefundRequestOut, RefundRequestOut } from "@paydesk/client";

import { useEffect, useState } from "react";

import { type Action, useAction } from "./action.js";
import { usePaydesk } from "./provider.js";
import { type List, useList } from "./resource.js";

/** Which purchase, and why: all that its policy allows is asked for. */
export interface RefundInput {
  purchaseId: string;
  reason: string;
}

/** How long after a look at a refund that is on its way it is looked at again, in milliseconds, and how often. */
const LOOK_MS = 3_000;
const LOOKS_MAX = 20;

/** The user's requests for refunds, newest first. One that is granted is looked at until its refund is made: no update tells of it. */
export function useRefundRequests(): List<PageRefundRequestOut> {
  const { cache } = usePaydesk();
  const list = useList("refundRequests");
  const [looks, setLooks] = useState(0);
  const isOnItsWay = list.data?.data.some(({ status }) => status === "approved") ?? false;
  useEffect(() => {
    if (!isOnItsWay || looks === LOOKS_MAX) return;
    const timer = setTimeout(() => {
      setLooks(looks + 1);
      void cache.refresh("refundRequests", "purchases");
    }, LOOK_MS);
    return () => clearTimeout(timer);
  }, [cache, isOnItsWay, looks]);
  return list;
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
