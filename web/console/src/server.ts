// The one way to the server: the same client as everybody's, with the cookie of this browser's session in place of a token.

import { type Client, createClient } from "@paydesk/client";

/** Who is signed in. */
export interface Session {
  operator_id: string;
  name: string;
  role: "viewer" | "operator" | "admin";
  /** Where Stripe's own pages begin; none where a sandbox stands in Stripe's place. */
  stripe_dashboard?: string;
  ends_at: string;
}

/** Told when the server says that nobody is signed in any more. */
export const signedOut = new EventTarget();

const SESSION = "/api/console/session";

async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const answer = await fetch(input, { ...init, credentials: "same-origin" });
  if (answer.status === 401) signedOut.dispatchEvent(new Event("out"));
  return answer;
}

export const client: Client = createClient({ baseUrl: window.location.origin, fetch: send });

async function askSession(method: string, body?: unknown): Promise<Session | undefined> {
  const answer = await fetch(SESSION, {
    method,
    credentials: "same-origin",
    headers: body ? { "content-type": "application/json" } : {},
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (answer.status === 401 || answer.status === 204) return undefined;
  if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
  return (await answer.json()) as Session;
}

/** Whoever is signed in at this browser, or nobody. */
export function readSession(): Promise<Session | undefined> {
  return askSession("GET");
}

/** Uses up the secret of a link. Nobody where the link is not good any more. */
export function signIn(secret: string): Promise<Session | undefined> {
  return askSession("PUT", { secret });
}

export async function signOut(): Promise<void> {
  await askSession("DELETE");
}
