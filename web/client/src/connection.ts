// One way to the server: sends a request, waits and repeats where that may help, and answers what came of it.

import { ConnectionError, isPassing, ProblemError, readProblem } from "./problem.js";

/** What a client needs to know. */
export interface ClientOptions {
  /** Where paydesk is, such as `https://pay.example.com`. */
  baseUrl: string;
  /**
   * A user token of your application, a service token, or the admin token; or a function that gives the one that is
   * good now, which is asked before every attempt. Only user tokens belong into a browser.
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /** How often a request is repeated at most, 3 by default. */
  retriesMax?: number | undefined;
  /** How long one attempt may take, 30 seconds by default. */
  timeoutMs?: number | undefined;
  /** In place of the platform's `fetch`. */
  fetch?: typeof fetch | undefined;
  /** Waits; in place of the platform's timer. */
  wait?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

/** A request as the operations make it. */
export interface Request {
  method: string;
  /** Path and query. */
  address: string;
  headers: Record<string, string>;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** What the server said, read to its end. */
export interface Answer {
  status: number;
  contentType: string;
  text: string;
}

/** The first pause before a repeat; each further one is twice as long, and all are shortened by up to a half at random. */
const PAUSE_MS = 500;
const PAUSE_MS_MAX = 8_000;
/** A server that wants more patience than this is not waited for: the caller is told. */
const RETRY_AFTER_SECONDS_MAX = 30;

/** The way to one server. */
export class Connection {
  readonly #options: ClientOptions;
  readonly #base: string;
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<void>;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#base = options.baseUrl.replace(/\/+$/, "");
    this.wait = options.wait ?? pause;
  }

  /** The answer to a request, once it is a success. Whatever else it is in the end is thrown. */
  async send(request: Request): Promise<Answer> {
    const retriesMax = this.#options.retriesMax ?? 3;
    for (let retries = 0; ; retries += 1) {
      const outcome = await this.#attempt(request);
      if (!(outcome instanceof Error)) return outcome;
      const pauseMs = pauseBefore(retries + 1, outcome);
      if (retries >= retriesMax || pauseMs === undefined) throw outcome;
      await this.wait(pauseMs, request.signal);
    }
  }

  /** Opens an answer that goes on, once. It has no time limit of its own. */
  async open(request: Request): Promise<Response> {
    const answer = await this.#fetch(request, request.signal);
    if (answer.ok) return answer;
    throw await readProblem(answer);
  }

  async #attempt(request: Request): Promise<Answer | ProblemError | ConnectionError> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? 30_000);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    try {
      const answer = await this.#fetch(request, signal);
      if (!answer.ok) return await readProblem(answer);
      const contentType = answer.headers.get("content-type") ?? "";
      return { status: answer.status, contentType, text: await answer.text() };
    } catch (cause) {
      request.signal?.throwIfAborted();
      if (cause instanceof CredentialError) throw cause.cause;
      return new ConnectionError(timeout.aborted ? "The server took too long" : "The server could not be reached", {
        cause,
      });
    }
  }

  async #fetch({ method, address, headers, body }: Request, signal: AbortSignal | undefined): Promise<Response> {
    const credential = await this.#credential();
    const send = this.#options.fetch ?? fetch;
    return send(this.#base + address, {
      method,
      headers: credential ? { ...headers, authorization: `Bearer ${credential}` } : headers,
      credentials: "omit",
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    });
  }

  async #credential(): Promise<string | undefined> {
    const { token } = this.#options;
    try {
      return typeof token === "function" ? await token() : token;
    } catch (cause) {
      throw new CredentialError("There is no token", { cause });
    }
  }
}

/** The application's own function failed: its error is the caller's, and no repeat of ours helps. */
class CredentialError extends Error {}

/** How long to wait before this repeat, or nothing where one is of no use. */
export function pauseBefore(repeat: number, error: ProblemError | ConnectionError): number | undefined {
  if (error instanceof ProblemError) {
    if (!isPassing(error)) return undefined;
    const seconds = error.retryAfterSeconds;
    if (seconds !== undefined) return seconds > RETRY_AFTER_SECONDS_MAX ? undefined : seconds * 1000;
  }
  const longest = Math.min(PAUSE_MS * 2 ** (repeat - 1), PAUSE_MS_MAX);
  return longest * (0.5 + Math.random() / 2);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, fail) => {
    if (signal?.aborted) return fail(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      fail(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      done();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
