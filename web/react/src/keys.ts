// The user's API keys.

import type { KeyOut, KeyShown, PageKeyOut } from "@paydesk/client";

import { type Action, useAction } from "./action.js";
import { usePaydesk } from "./provider.js";
import { type List, useList } from "./resource.js";

export type UseApiKeys = List<PageKeyOut> & {
  /** Makes a key of this name. The answer holds the secret, which is shown nowhere else. */
  create: Action<string, KeyShown>;
  /** Makes the secret of a key that a plan issued. */
  reveal: Action<string, KeyShown>;
  /** Replaces the secret; the one before it stays good for a day, or so many seconds. */
  rotate: Action<{ keyId: string; overlapSeconds?: number | undefined }, KeyShown>;
  /** Ends a key, for good and at once. */
  revoke: Action<string, KeyOut>;
};

/** The user's API keys, newest first. */
export function useApiKeys(): UseApiKeys {
  const { client, cache } = usePaydesk();
  const keys = useList("keys");
  const listed = async <Out>(outcome: Promise<Out>): Promise<Out> => {
    try {
      return await outcome;
    } finally {
      // A failure may have made a key too, where only its answer was lost.
      await cache.refresh("keys");
    }
  };
  return {
    ...keys,
    create: useAction((name: string, idempotencyKey) => listed(client.createKey({ name }, { idempotencyKey }))),
    reveal: useAction((keyId: string, idempotencyKey) =>
      listed(client.revealKey({ key_id: keyId }, { idempotencyKey })),
    ),
    rotate: useAction(
      ({ keyId, overlapSeconds }: { keyId: string; overlapSeconds?: number | undefined }, idempotencyKey) =>
        listed(client.rotateKey({ key_id: keyId, overlap_seconds: overlapSeconds ?? null }, { idempotencyKey })),
    ),
    revoke: useAction((keyId: string, idempotencyKey) =>
      listed(client.revokeKey({ key_id: keyId }, { idempotencyKey })),
    ),
  };
}
