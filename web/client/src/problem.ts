// What can go wrong with a call, as values that a program can tell apart.

import type { ProblemCode } from "./generated/problems.js";
import type { Problem } from "./generated/schema.js";

/** The code of a problem: one that this release knows, or one that a newer server has learnt. */
export type AnyProblemCode = ProblemCode | (string & {});

/**
 * The server refused the request (4xx) or failed (5xx), and said so in a problem document (RFC 9457).
 *
 * `type` is the address of a page that explains the kind; `code` is its last part and never changes its meaning.
 */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: AnyProblemCode;
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  /** The input that is to blame, as a path, where one is. */
  readonly field: string | undefined;
  /** On 5xx: what to quote to the operator. */
  readonly requestId: string | undefined;
  /** After how many seconds the server wants to be asked again, where it says so. */
  readonly retryAfterSeconds: number | undefined;
  /** The whole document, with the members that some kinds add, such as `balance` of `insufficient_credits`. */
  readonly document: Problem & Readonly<Record<string, unknown>>;

  constructor(document: Problem, retryAfterSeconds?: number) {
    super(document.detail ?? document.title);
    this.document = document as Problem & Record<string, unknown>;
    this.code = document.code;
    this.type = document.type;
    this.status = document.status;
    this.title = document.title;
    this.detail = document.detail;
    this.field = document.field;
    this.requestId = document.request_id;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer came: the network failed, or the server took too long. Whether the request took effect is not known. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** Whether an error is a problem, of this kind where one is named. */
export function isProblem(error: unknown, code?: ProblemCode): error is ProblemError {
  return error instanceof ProblemError && (code === undefined || error.code === code);
}

/**
 * Whether it is open what became of the request: repeat it under the same Idempotency-Key to learn it. A refusal is
 * final, everything else is not.
 */
export function isInDoubt(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ProblemError && isPassing(error));
}

/** Whether the same request may fare better a little later. A 409 that does not say when is about what was asked. */
export function isPassing(problem: ProblemError): boolean {
  const { status, retryAfterSeconds } = problem;
  return status >= 500 || status === 429 || status === 408 || (status === 409 && retryAfterSeconds !== undefined);
}

/** Reads what an answer that is no success says. Whatever stands between us and the server may answer in its own words. */
export async function readProblem(answer: Response): Promise<ProblemError> {
  const retryAfter = readRetryAfter(answer.headers.get("retry-after"));
  const said: unknown = await answer.json().catch(() => undefined);
  if (isDocument(said)) return new ProblemError(said, retryAfter);
  const title = answer.statusText || "The server did not answer as expected";
  return new ProblemError({ type: "about:blank", title, status: answer.status, code: "unexpected_answer" }, retryAfter);
}

function isDocument(said: unknown): said is Problem {
  return typeof said === "object" && said !== null && "code" in said && "title" in said && "status" in said;
}

/** Seconds, or the moment, as HTTP allows both. */
function readRetryAfter(text: string | null): number | undefined {
  if (!text) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
