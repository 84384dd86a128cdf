// Who is at this browser. The application sends its user here with their token behind the `#`, which no server is sent; it leaves the
// address bar before anything else happens, and is exchanged for the cookie of a session.

import { type AccountSessionOut, type Client, createClient } from "@paydesk/client";

import { keepBack } from "./back.js";

const SESSION = "/api/account/session";

/** Told when the server says that nobody is signed in any more. */
export const signedOut = new EventTarget();

/** The same client as everybody's, with the cookie of this browser's session in place of a token. */
export const client: Client = createClient({
  baseUrl: window.location.origin,
  fetch: async (input, init) => {
    const answer = await fetch(input, { ...init, credentials: "same-origin" });
    if (answer.status === 401) signedOut.dispatchEvent(new Event("out"));
    return answer;
  },
});

function takeToken(): string | undefined {
  const brought = new URLSearchParams(window.location.hash.slice(1));
  const token = brought.get("token");
  if (token) keepBack(brought.get("back"));
  if (token) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return token ?? undefined;
}

const token = takeToken();
// The application may send its user here where the account is open already: that loads no page, so the page is loaded anew.
window.addEventListener("hashchange", () => {
  if (window.location.hash.startsWith("#token=")) window.location.reload();
});

async function ask(method: string, headers: Record<string, string> = {}): Promise<AccountSessionOut | undefined> {
  const answer = await fetch(SESSION, { method, headers, credentials: "same-origin" });
  if (answer.status === 204 || answer.status === 401 || answer.status === 403) return undefined;
  if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
  return (await answer.json()) as AccountSessionOut;
}

/** Why nobody is signed in. */
export type Reason = "none" | "refused" | "ended" | "left" | "unreachable";
export type Found =
  | { status: "in"; userId: string }
  | { status: "out"; reason: Reason }
  /** One user is signed in, and the link that led here is another's. */
  | { status: "asking"; userId: string; otherId: string };

/** Who was signed in last, so that a link of another user does not take their place unasked. */
const LAST = "paydesk.account";

/** One for this page, however often it is rendered: a token is exchanged once. */
let first: Promise<Found> | undefined;

export function begin(): Promise<Found> {
  first ??= (token ? arrive(token) : look()).catch((): Found => ({ status: "out", reason: "unreachable" }));
  return first;
}

async function look(): Promise<Found> {
  const session = await ask("GET");
  return session ? { status: "in", userId: session.user_id } : { status: "out", reason: "none" };
}

async function arrive(brought: string): Promise<Found> {
  const last = readLast();
  const otherId = userOf(brought);
  if (last && otherId && last !== otherId) {
    const session = await ask("GET");
    if (session && session.user_id !== otherId) return { status: "asking", userId: session.user_id, otherId };
  }
  return enter();
}

/** Signs in whoever the token names that led here. */
export async function enter(): Promise<Found> {
  const session = await ask("PUT", { authorization: `Bearer ${token}` });
  if (!session) return { status: "out", reason: "refused" };
  writeLast(session.user_id);
  return { status: "in", userId: session.user_id };
}

export async function signOut(): Promise<void> {
  writeLast("");
  await ask("DELETE");
}

/** Whom a token names. The server alone says whether that is true. */
function userOf(jwt: string): string | undefined {
  try {
    const claims = atob((jwt.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const { sub } = JSON.parse(claims) as { sub?: unknown };
    return typeof sub === "string" ? sub : undefined;
  } catch {
    return undefined;
  }
}

function readLast(): string | null {
  try {
    return window.localStorage.getItem(LAST);
  } catch {
    return null;
  }
}

function writeLast(userId: string): void {
  try {
    window.localStorage.setItem(LAST, userId);
  } catch {
    // A browser that keeps nothing does not ask the next time.
  }
}
