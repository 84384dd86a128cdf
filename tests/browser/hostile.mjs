// Puts hostile texts everywhere where a customer, an application, a receiver of webhooks or an event can set one: by the real API and by
// events that are signed as Stripe signs them. Each part answers which pages of the console show which texts.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';
import { once } from 'node:events';

import { newUser, userNamed } from './application.mjs';
import { hostile } from './payloads.mjs';
import { admin, buy, call, onPlan, someClient } from './seeding.mjs';

const { origin } = new URL(process.env.SHOP);
/** The webhook secret of `paydesk dev`. */
const SECRET = 'whsec_sandbox_on_this_machine_only';
const encode = encodeURIComponent;

/** Joins texts as long as they fit, so that a field with room is filled with many. */
function packed(most, joint) {
  const packs = [[]];
  for (const text of hostile) {
    const last = packs.at(-1);
    if ([...last, text].join(joint).length > most && last.length > 0) packs.push([text]);
    else last.push(text);
  }
  return packs.map((texts) => ({ texts, text: texts.join(joint) }));
}

/** A user for each, who is called so, with a credit for that reason. */
export async function asUsers() {
  const pages = [];
  for (const text of hostile) {
    await call(admin, 'POST', `/api/financial/credits/${encode(text)}/add`, { amount: 1, reason: text });
    pages.push([`/users/${encode(text)}`, [text]]);
  }
  let after = '';
  const wanted = new Set(hostile);
  while (wanted.size > 0) {
    const page = await call(admin, 'GET', `/api/ledger/transfers?code=add&limit=100${after}`);
    for (const { memo, position } of page.data) {
      if (wanted.delete(memo)) pages.push([`/ledger/${position}`, [memo, `credits:wallet:${memo}`]]);
    }
    if (!page.next) break;
    after = `&after=${page.next}`;
  }
  assert.equal(wanted.size, 0, 'every credit stands in the ledger');
  return pages;
}

/** As names of keys, as many as a user may have. */
export async function asKeys() {
  const names = hostile.filter((text) => text.length <= 100);
  const pages = [];
  for (let from = 0; from < names.length; from += 50) {
    // Keys come with a plan.
    const { user, token } = await onPlan();
    const some = names.slice(from, from + 50);
    for (const name of some) await call(token, 'POST', '/api/keys', { name });
    pages.push([`/users/${user}?show=keys`, some]);
  }
  return pages;
}

/** In the fields of orders, and in what is noted when they are cancelled. */
export async function asOrders() {
  const pages = [];
  for (const { texts, text } of packed(1_900, '\n')) {
    const ada = userNamed(texts[0]);
    const fields = { track_url: `https://music.example.org/${encode(texts[0])}`, genre: texts.at(-1).slice(0, 200), notes: text };
    const order = await call(ada.token, 'POST', '/api/orders', { package_id: 'track-review', fields });
    await call(admin, 'POST', `/api/orders/${order.order_id}/moves`, { to: 'cancelled', note: text });
    pages.push([`/orders/${order.order_id}`, texts]);
  }
  return pages;
}

/** As reasons and notes of refunds, which a buyer and an operator give. */
export async function asRefunds() {
  const pages = [];
  for (const { texts, text } of packed(490, ' ')) {
    const ada = userNamed(texts[0]);
    const { purchase_id } = await buy(ada, { item_id: 'starter' });
    const asked = { purchase_id, amount_minor: 200, reason: text };
    const request = await call(ada.token, 'POST', '/api/refund-requests', asked);
    pages.push([`/refund-requests/${request.request_id}`, texts]);
    const refund = await call(admin, 'POST', '/api/refunds', { purchase_id, amount_minor: 100, note: text });
    pages.push([`/refunds/${refund.refund_id}`, texts]);
  }
  return pages;
}

/** As the names of clients who book. */
export async function asClients() {
  for (const text of hostile.slice(0, 3)) await someClient(userNamed(text));
  const { data } = await call(admin, 'GET', '/api/bookings?limit=3');
  // A client's name is cut short there, and shown in full on their own page.
  return data.flatMap(({ booking_id, client_id }) => [
    [`/bookings/${booking_id}`, ['mix-session']],
    [`/users/${encode(client_id)}?show=bookings`, [client_id, 'mix-session']],
  ]);
}

/**
 * As events: in their ids, types, accounts, objects, and anywhere in their bodies. What Stripe would never write as an id or a type is
 * refused, and comes in the object alone.
 */
export async function asEvents() {
  const pages = [];
  for (const [number, text] of hostile.entries()) {
    const object = { id: text, object: text, metadata: { [text]: text }, description: text };
    const account = number % 5 ? {} : { account: text };
    const id = number % 2 ? `evt_${text}` : `evt_hostile_${number}`;
    if (await offer({ id, type: text, ...account, data: { object } })) {
      pages.push([`/events/${encode(id)}`, [text, id]]);
    } else {
      await deliver({ id: `evt_plain_${number}`, type: 'hostile.event', data: { object } });
      // There it stands in a document, in which quotes and the like are written with a stroke.
      pages.push([`/events/evt_plain_${number}`, [JSON.stringify(text).slice(1, -1)]]);
    }
  }
  return pages;
}

/** As what Stripe and banks say of a payment. */
export async function asDisputes() {
  const pages = [];
  for (const { texts, text } of packed(240, ' ')) {
    const { user } = await buyer();
    const [payment] = (await call(admin, 'GET', `/api/payments?user_id=${user}`)).data;
    const suffix = crypto.randomUUID().replaceAll('-', '');
    const about = { payment_intent: payment.payment_intent_id, charge: payment.charge_id, created: now(), livemode: false };
    const money = { amount: 1, currency: 'usd', status: 'needs_response', reason: text };
    const evidence_details = { due_by: now() + 86_400 };
    const dispute = { id: `du_${suffix}`, object: 'dispute', ...about, ...money, evidence_details, balance_transactions: [] };
    await deliver({ id: `evt_d${suffix}`, type: 'charge.dispute.created', data: { object: dispute } });
    pages.push([`/disputes/du_${suffix}`, texts, 'as a code']);
  }
  return pages;
}

async function buyer() {
  const somebody = newUser();
  await buy(somebody, { item_id: 'starter' });
  return somebody;
}

/** As what a receiver of webhooks is described as, and as what it answers. */
export async function asReceivers() {
  const [{ texts, text }] = packed(490, ' ');
  const server = http.createServer((request, answer) => {
    request.resume();
    answer.writeHead(500, { 'content-type': 'text/html' });
    answer.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A journey that fails does not wait for it.
  server.unref();
  const url = `http://127.0.0.1:${server.address().port}/hook?${encode(texts[0])}`;
  const [described] = packed(190, ' ');
  const wanted = { url, description: described.text, event_types: [] };
  const endpoint = await call(admin, 'POST', '/api/webhook-endpoints', wanted);
  const reached = once(server, 'request');
  await buy(newUser(), { item_id: 'starter' });
  await reached;
  const place = `/webhooks/${endpoint.endpoint_id}`;
  const sent = await call(admin, 'GET', `/api/webhook-endpoints/${endpoint.endpoint_id}/deliveries?limit=100`);
  const tried = sent.data.find(({ attempts }) => attempts > 0);
  return { pages: [[place, described.texts]], delivery: [`${place}/${tried.delivery_id}`, texts], close: () => server.close() };
}

const now = () => Math.floor(Date.now() / 1_000);

/** Delivers an event, signed as Stripe would; it must be taken. */
async function deliver(event) {
  assert.ok(await offer(event), `the event ${event.id} was refused`);
}

/** Delivers an event, and answers whether it was taken. */
async function offer(event) {
  const whole = { object: 'event', api_version: '2026-06-24', created: now(), livemode: false, pending_webhooks: 1, ...event };
  const body = JSON.stringify(whole);
  const at = now();
  const signature = crypto.createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex');
  const answer = await fetch(`${origin}/api/stripe/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` },
    body,
  });
  const said = await answer.text();
  assert.ok(answer.ok || answer.status === 400, `an event was answered ${answer.status}: ${said}`);
  return answer.ok;
}
