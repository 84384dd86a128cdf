// A paydesk that is the sandbox's webhook endpoint, seen through its API: whether it has an event, what it made of it, and
// what its users have by that.

import assert from 'node:assert/strict';

const patienceMs = 20_000;

/** Where an event stays once nothing more is to be done with it. */
const ends = ['processed', 'ignored', 'dead'];

/** Finds the paydesk that the sandbox delivers to. Each of what it answers lists what is wrong, once it is there or too late. */
export async function meet(stripe, token) {
  const endpoints = await stripe.webhookEndpoints.list({ limit: 100 });
  const webhook = endpoints.data.find(({ url }) => url.endsWith('/api/stripe/webhook'));
  assert.ok(webhook, 'the sandbox delivers to no paydesk');
  const headers = { authorization: `Bearer ${token}` };

  async function read(path) {
    const answer = await fetch(new URL(path, webhook.url), { headers });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`paydesk answered ${answer.status} to ${path}: ${await answer.text()}`);
    return answer.json();
  }

  /**
   * What is read there, as soon as it is good, or as it is when that takes too long. Asked when all is delivered, so that it is
   * good at the first look but for the last events, which are a moment away.
   */
  async function readUntil(path, isGood) {
    const tooLate = Date.now() + patienceMs;
    for (;;) {
      const found = await read(path);
      if (isGood(found) || Date.now() > tooLate) return found;
    }
  }

  const settled = (id) => readUntil(`/api/events/${id}`, (known) => ends.includes(known?.status));

  /** Only what is verified is kept, so what is there was. */
  function objectionsToEnd(event, known, wanted = ['processed', 'ignored']) {
    const name = `${event.id} (${event.type})`;
    if (!known) return [`${name} did not come to paydesk`];
    const found = wanted.includes(known.status) ? [] : [`${name} is ${known.status} at paydesk instead of ${wanted.join(' or ')}`];
    return known.last_error ? [...found, `${name} failed at paydesk ${known.attempts} times: ${known.last_error}`] : found;
  }

  /** Of an event that something must have followed from. */
  async function objections(event) {
    return objectionsToEnd(event, await settled(event.id), ['processed']);
  }

  /** Of all these events, of which paydesk is asked a page at a time. */
  async function objectionsToAny(events) {
    const known = new Map();
    for (let after = ''; after !== null; ) {
      const page = await read(`/api/events?limit=100${after}`);
      for (const event of page.data) known.set(event.id, event);
      after = page.next ? `&after=${page.next}` : null;
    }
    const found = [];
    for (const event of events) {
      const listed = known.get(event.id);
      found.push(...objectionsToEnd(event, ends.includes(listed?.status) ? listed : await settled(event.id)));
    }
    return found;
  }

  /** Of what a user should have by their subscription. */
  async function objectionsToUser({ user, ...wanted }) {
    const have = ({ tier, credits, subscriptions: [subscription] }) => ({ tier, credits: credits.balance, plan: subscription?.plan_id, status: subscription?.status });
    const found = await readUntil(`/api/entitlements/${user}`, (may) => same(have(may), wanted));
    return same(have(found), wanted) ? [] : [`${user} has ${JSON.stringify(have(found))} at paydesk instead of ${JSON.stringify(wanted)}`];
  }

  return { objections, objectionsToAny, objectionsToUser };
}

function same(found, wanted) {
  return Object.entries(wanted).every(([name, value]) => found[name] === value);
}
