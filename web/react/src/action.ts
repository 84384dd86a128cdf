// What a person does: once for each click, however often the network makes it repeat.

import { isInDoubt, newKey } from "@paydesk/client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

/** Where an action stands. */
export type Progress<Result> =
  | { status: "idle"; result: undefined; error: undefined }
  | { status: "pending"; result: undefined; error: undefined }
  | { status: "done"; result: Result; error: undefined }
  | { status: "failed"; result: undefined; error: unknown };

/** Something that can be done, and what came of it. */
export type Action<Input, Result> = Progress<Result> & {
  /** Does it. While it is under way a second call joins the first. Answers nothing where it failed: see `error`. */
  run: undefined extends Input
    ? (input?: Input) => Promise<Result | undefined>
    : (input: Input) => Promise<Result | undefined>;
  /** Back to how it was before. */
  reset: () => void;
};

const IDLE = { status: "idle", result: undefined, error: undefined } as const;

/**
 * Makes an action. `perform` gets an Idempotency-Key that is the same for a repeat of what is in doubt, and another one for
 * everything else.
 */
export function useAction<Input, Result>(
  perform: (input: Input, idempotencyKey: string) => Promise<Result>,
): Action<Input, Result> {
  const [progress, setProgress] = useState<Progress<Result>>(IDLE);
  const latest = useRef(perform);
  useEffect(() => {
    latest.current = perform;
  });
  const underWay = useRef<Promise<Result | undefined>>(undefined);
  const inDoubt = useRef<{ input: string | undefined; key: string }>(undefined);

  const run = useCallback((input: Input) => {
    async function doIt(): Promise<Result | undefined> {
      const text = JSON.stringify(input);
      const before = inDoubt.current;
      inDoubt.current = undefined;
      const key = before && before.input === text ? before.key : newKey();
      setProgress({ status: "pending", result: undefined, error: undefined });
      try {
        const result = await latest.current(input, key);
        setProgress({ status: "done", result, error: undefined });
        return result;
      } catch (error) {
        if (isInDoubt(error)) inDoubt.current = { input: text, key };
        setProgress({ status: "failed", result: undefined, error });
        return undefined;
      } finally {
        underWay.current = undefined;
      }
    }
    underWay.current ??= doIt();
    return underWay.current;
  }, []);
  const reset = useCallback(() => setProgress(IDLE), []);
  return useMemo(() => ({ ...progress, run: run as Action<Input, Result>["run"], reset }), [progress, run, reset]);
}
