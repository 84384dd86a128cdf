// Whom the components act for, and with what.

import { type Client, createClient } from "@paydesk/client";
import { createContext, type ReactElement, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";

import { Cache } from "./cache.js";
import { keepFresh } from "./live.js";
import { english, type Words } from "./words.js";

/** Where a buyer is led to, as a browser does it. */
export type Navigate = (url: string) => void;

interface Everywhere {
  /** The user of your application, as the `sub` of their token says. */
  userId: string;
  /** The currency to show and to buy in; the shop's own where it is left out. */
  currency?: string | undefined;
  /** For numbers, money and dates; the browser's own where it is left out. */
  locale?: string | undefined;
  /** Texts in place of the English ones. */
  words?: Partial<Words> | undefined;
  /** Where a checkout sends the buyer back to, within your origins; paydesk's own pages where it is left out. */
  successUrl?: string | undefined;
  cancelUrl?: string | undefined;
  /** Leads the buyer to a page, such as the checkout; by default this page is left for it. */
  navigate?: Navigate | undefined;
  /** Whether to follow what changes while the page is looked at; true where it is left out. */
  isLive?: boolean | undefined;
  children: ReactNode;
}

interface WithClient {
  /** A client of your own. Keep it between renderings. */
  client: Client;
}

interface WithAddress {
  /** Where paydesk is, such as `https://pay.example.com`. */
  baseUrl: string;
  /** The user's token, or a function that gives the one that is good now. */
  token: string | (() => string | Promise<string>);
}

export type PaydeskProviderProps = Everywhere & (WithClient | WithAddress);

/** What every hook works with. */
export interface Paydesk {
  client: Client;
  userId: string;
  currency: string | undefined;
  locale: string | undefined;
  words: Words;
  successUrl: string | undefined;
  cancelUrl: string | undefined;
  navigate: Navigate;
  cache: Cache;
}

const Context = createContext<Paydesk | undefined>(undefined);

/** Gives the components and hooks below it a user and a server. */
export function PaydeskProvider(props: PaydeskProviderProps): ReactElement {
  const { userId, currency, locale, words, successUrl, cancelUrl, navigate = leaveFor, isLive = true } = props;
  const client = useClient(props);
  const cache = useMemo(() => new Cache(client, userId), [client, userId]);
  useEffect(() => (isLive ? keepFresh(client, userId, cache) : undefined), [client, userId, cache, isLive]);
  const paydesk = useMemo(
    () => ({
      client,
      userId,
      currency,
      locale,
      words: { ...english, ...words },
      successUrl,
      cancelUrl,
      navigate,
      cache,
    }),
    [client, userId, currency, locale, words, successUrl, cancelUrl, navigate, cache],
  );
  return <Context.Provider value={paydesk}>{props.children}</Context.Provider>;
}

/** The client that was given, or one of our own that asks for the token of the moment. */
function useClient(props: PaydeskProviderProps): Client {
  const token = "token" in props ? props.token : "";
  const latest = useRef(token);
  useEffect(() => {
    latest.current = token;
  }, [token]);
  const given = "client" in props ? props.client : undefined;
  const baseUrl = "baseUrl" in props ? props.baseUrl : "";
  return useMemo(() => {
    // A moment later: components below ask before the effect above has run.
    const now = () =>
      Promise.resolve().then(() => (typeof latest.current === "function" ? latest.current() : latest.current));
    return given ?? createClient({ baseUrl, token: now });
  }, [given, baseUrl]);
}

function leaveFor(url: string): void {
  window.location.assign(url);
}

/** What the provider gives; for hooks and components of your own. */
export function usePaydesk(): Paydesk {
  const paydesk = useContext(Context);
  if (!paydesk) throw new Error("There is no <PaydeskProvider> around this component");
  return paydesk;
}
