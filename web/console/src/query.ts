// What was read of the server. What was seen before is shown at once, and read again behind it; an answer to a question that nobody
// asks any more is dropped.

import { useCallback, useEffect, useRef, useState } from "react";

export interface Query<Data> {
  data: Data | undefined;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
}

const KEPT_MAX = 200;
const kept = new Map<string, unknown>();

/** Forgets everything, such as when somebody signs out. */
export function forgetAll(): void {
  kept.clear();
}

function keep(key: string, data: unknown): void {
  kept.delete(key);
  kept.set(key, data);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_MAX) break;
    kept.delete(oldest);
  }
}

interface Shown<Data> {
  key: string;
  data: Data | undefined;
  error: unknown;
  isLoading: boolean;
}

/** Reads what `key` names, anew whenever the key changes. */
export function useQuery<Data>(key: string, read: (signal: AbortSignal) => Promise<Data>): Query<Data> {
  const [shown, setShown] = useState<Shown<Data>>(() => begin(key));
  const [round, setRound] = useState(0);
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another reading of the same.
  useEffect(() => {
    const stop = new AbortController();
    setShown((before) => (before.key === key ? { ...before, isLoading: true } : begin(key)));
    latest.current(stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return;
        keep(key, data);
        setShown({ key, data, error: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setShown((before) => ({ ...before, error, isLoading: false }));
      },
    );
    return () => stop.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  const current = shown.key === key ? shown : begin<Data>(key);
  return { data: current.data, error: current.error, isLoading: current.isLoading, reload };
}

function begin<Data>(key: string): Shown<Data> {
  return { key, data: kept.get(key) as Data | undefined, error: undefined, isLoading: true };
}
