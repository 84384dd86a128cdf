// A server as the client sees it: what it is asked, and the answers it was told to give, one after another.

import { type ClientOptions, createClient } from "@paydesk/client";

type Reply = Response | Error | ((request: Request) => Response | Promise<Response>);

/** A client of a server that gives these answers. Pauses take no time; how long they should have been is written down. */
export function scripted(replies: Reply[], options: Partial<ClientOptions> = {}) {
  const requests: Request[] = [];
  const pauses: number[] = [];
  const client = createClient({
    baseUrl: "https://pay.example.com/",
    token: "token_of_ada",
    fetch: async (input, init) => {
      const request = new Request(input, init);
      requests.push(request);
      const reply = replies.shift();
      if (reply === undefined) throw new Error(`nobody expected ${request.method} ${request.url}`);
      if (reply instanceof Error) throw reply;
      return reply instanceof Response ? reply : reply(request);
    },
    wait: async (ms, signal) => {
      signal?.throwIfAborted();
      pauses.push(ms);
    },
    ...options,
  });
  return { client, requests, pauses };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

export function problem(
  code: string,
  status: number,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  const document = { type: `/problems/${code}`, title: `It was ${code}`, status, code, ...more };
  return json(document, status, { "content-type": "application/problem+json", ...headers });
}

/** An answer that goes on: what is in the parts, one after another. */
export function stream(...parts: string[]): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
