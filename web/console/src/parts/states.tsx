// What is shown in place of what cannot be shown: not yet, nothing, a failure.

import { ConnectionError, isProblem } from "@paydesk/client";
import type { ReactElement, ReactNode } from "react";

import type { Query } from "../query.js";
import { Button } from "./button.js";

export function sayError(error: unknown): string {
  if (isProblem(error)) return error.detail ? `${error.title}. ${error.detail}` : error.title;
  if (error instanceof ConnectionError) return "The server cannot be reached.";
  return error instanceof Error ? error.message : String(error);
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }): ReactElement | null {
  if (error === undefined) return null;
  return (
    <div className="failure" role="alert">
      <p>{sayError(error)}</p>
      {retry && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

/** What was read, once it is there. */
export function Loaded<Data>({
  query,
  children,
}: {
  query: Query<Data>;
  children: (data: Data) => ReactNode;
}): ReactElement {
  const { data, error, isLoading, reload } = query;
  return (
    <>
      <Failure error={error} retry={reload} />
      {data !== undefined ? children(data) : isLoading && <Waiting />}
    </>
  );
}

export function Waiting(): ReactElement {
  return (
    <div className="waiting" role="status">
      <span className="hidden">Loading</span>
      <span className="bone" />
      <span className="bone" />
      <span className="bone" />
    </div>
  );
}
