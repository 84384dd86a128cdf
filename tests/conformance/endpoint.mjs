// A webhook endpoint that believes nothing: every delivery is verified with Stripe's own library before it is kept.

import { EventEmitter } from 'node:events';
import http from 'node:http';

const patienceMs = 20_000;

/**
 * Starts an endpoint. `verify(body, signature)` is set once the secret is known. Answers
 * `{ url, events, deliveries, refused, close, verifyWith, next }`, `events` and the `deliveries` they came in in order of arrival.
 */
export async function listen() {
  const arrivals = new EventEmitter();
  arrivals.setMaxListeners(0);
  const events = [];
  const deliveries = [];
  const refused = [];
  let verify = null;
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const signature = request.headers['stripe-signature'];
      try {
        events.push(verify(body, signature));
        deliveries.push({ body: body.toString(), signature });
        response.writeHead(200).end();
        arrivals.emit('event');
      } catch (error) {
        refused.push(String(error.message));
        response.writeHead(400).end();
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  /** The first event of that type from position `since` on, as soon as it is there. */
  function next(type, since) {
    const find = () => events.slice(since).find((event) => event.type === type);
    if (find()) return Promise.resolve(find());
    return new Promise((resolve, reject) => {
      const tooLate = AbortSignal.timeout(patienceMs);
      const look = () => {
        if (find()) {
          arrivals.off('event', look);
          resolve(find());
        }
      };
      arrivals.on('event', look);
      tooLate.addEventListener('abort', () => {
        arrivals.off('event', look);
        const seen = events.slice(since).map((event) => event.type);
        reject(new Error(`no ${type} arrived within ${patienceMs / 1000} s; there came: ${seen.join(', ') || 'nothing'}`));
      });
    });
  }

  return {
    url: `http://127.0.0.1:${server.address().port}/webhook`,
    events,
    deliveries,
    refused,
    next,
    verifyWith: (given) => (verify = given),
    close: () => server.close(),
  };
}
