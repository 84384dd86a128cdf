// What only one component looks at, and what depends on what was chosen there: read anew for every choice, kept nowhere.

import { useCallback, useEffect, useRef, useState } from "react";

import { LOADING, type Snapshot } from "./cache.js";
import type { Resource } from "./resource.js";

/** Reads what `key` names. The answer to a question that nobody asks any more is dropped. */
export function useRead<Data>(key: string, read: (signal: AbortSignal) => Promise<Data>): Resource<Data> {
  const [shown, show] = useState<{ key: string; snapshot: Snapshot<Data> }>({ key, snapshot: LOADING });
  const latest = useRef(read);
  const asked = useRef<AbortController>(undefined);
  useEffect(() => {
    latest.current = read;
  });
  const refresh = useCallback(async () => {
    asked.current?.abort();
    const mine = new AbortController();
    asked.current = mine;
    const snapshot = await latest.current(mine.signal).then(
      (data): Snapshot<Data> => ({ status: "ready", data, error: undefined }),
      (error: unknown): Snapshot<Data> => ({ status: "error", data: undefined, error }),
    );
    if (!mine.signal.aborted) show({ key, snapshot });
  }, [key]);
  useEffect(() => {
    void refresh();
    return () => asked.current?.abort();
  }, [refresh]);
  return { ...(shown.key === key ? shown.snapshot : LOADING), refresh };
}
