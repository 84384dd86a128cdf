// Where the reader is: the address of the page, and the ways to another one without loading anything.

import { type ComponentProps, type MouseEvent, type ReactElement, useSyncExternalStore } from "react";

/** Under which path the server serves this page: `/console`, or `/account`. */
const BASE = `/${window.location.pathname.split("/")[1]}`;

export interface Place {
  /** The path below the base, such as `/orders/ord_1`. */
  path: string;
  query: URLSearchParams;
}

const listeners = new Set<() => void>();
window.addEventListener("popstate", tell);

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function now(): string {
  return window.location.pathname.slice(BASE.length) + window.location.search;
}

export function usePlace(): Place {
  const text = useSyncExternalStore(subscribe, now);
  const [path = "", query = ""] = text.split("?", 2);
  return { path: path === "" ? "/" : path, query: new URLSearchParams(query) };
}

/** The whole address of a place; the first page's is the base itself, without a slash behind it. */
function addressIn(to: string): string {
  return BASE + to.replace(/^\/(?=$|\?)/, "");
}

/** Goes to a place below the base. */
export function go(to: string, { replace = false } = {}): void {
  const address = addressIn(to);
  if (replace) window.history.replaceState(null, "", address);
  else window.history.pushState(null, "", address);
  tell();
}

/** This path with these parameters, those without a value left out. */
export function addressOf(path: string, values: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}

/** A link within the page. With a modifier key, or another button, the browser does what it does with any link. */
export function Link({ to, onClick, ...rest }: ComponentProps<"a"> & { to: string }): ReactElement {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !plain) return;
    event.preventDefault();
    go(to);
  };
  return <a {...rest} href={addressIn(to)} onClick={follow} />;
}
