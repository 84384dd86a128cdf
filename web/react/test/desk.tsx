// A paydesk in the memory of the test: what it answers to each request, and what it was asked.

import { type Client, createClient } from "@paydesk/client";
import { PaydeskProvider, type PaydeskProviderProps } from "@paydesk/react";
import { cleanup, configure, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, vi } from "vitest";

/** A calendar has many buttons, and finding one by its name takes its time on a busy machine. */
configure({ asyncUtilTimeout: 10_000 });

type Handler = (request: Request) => Response | Promise<Response>;

export interface Asked {
  method: string;
  path: string;
  key: string | null;
  body: unknown;
}

/** Answers by method and path, such as `GET /api/orders`. What nobody answers is a failure of the test. */
export function desk(handlers: Record<string, unknown>) {
  const asked: Asked[] = [];
  const client: Client = createClient({
    baseUrl: "https://pay.example.com",
    token: "token_of_ada",
    retriesMax: 0,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const path = new URL(request.url).pathname;
      const name = `${request.method} ${path}`;
      const text = await request.clone().text();
      asked.push({
        method: request.method,
        path,
        key: request.headers.get("idempotency-key"),
        body: text ? JSON.parse(text) : undefined,
      });
      if (!(name in handlers)) throw new Error(`nobody answers ${name}`);
      const answer = handlers[name];
      return typeof answer === "function" ? (answer as Handler)(request) : json(answer);
    },
  });
  return { client, asked, to: (name: string) => asked.filter(({ method, path }) => `${method} ${path}` === name) };
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

export function problem(code: string, status: number, more: Record<string, unknown> = {}): Response {
  return json({ type: `/problems/${code}`, title: `It was ${code}`, status, code, ...more }, status);
}

/** Shows components to the user ada, without a stream of updates unless it is asked for. */
export function show(client: Client, children: ReactNode, props: Partial<PaydeskProviderProps> = {}) {
  const all = { client, userId: "ada", locale: "en-US", isLive: false, ...props } as PaydeskProviderProps;
  return render(<PaydeskProvider {...all}>{children}</PaydeskProvider>);
}

export const products = {
  shop: "Encore",
  currency: "usd",
  data: [
    {
      id: "starter",
      kind: "credit_pack",
      name: "Starter pack",
      description: "",
      prices: { usd: 1000, jpy: 1500 },
      credits: 100,
      max_quantity: 100,
      fields: [],
    },
    {
      id: "review",
      kind: "order",
      name: "Track review",
      description: "",
      prices: { usd: 4900 },
      max_quantity: 1,
      fields: [
        { name: "track_url", label: "Link to the track", kind: "url", required: true },
        { name: "notes", label: "Notes", kind: "long_text", required: false },
      ],
    },
    plan("pro", "Pro", 2900),
    plan("label", "Label", 9900),
  ],
};

function plan(id: string, name: string, usd: number) {
  const terms = {
    group: "main",
    tier: id,
    interval: "month",
    interval_count: 1,
    trial_days: 0,
    features: [],
    limits: {},
  };
  return {
    id,
    kind: "plan",
    name,
    description: "",
    prices: { usd },
    max_quantity: 1,
    fields: [],
    plan: { ...terms, credits: null },
  };
}

/** jsdom knows no dialogs: enough of one, so that what is in it is there. */
beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});
