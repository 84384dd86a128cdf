// Puts hostile texts everywhere where a customer, an application or a receiver of webhooks can set one, by the real API. Each part
// answers which pages of the console show which texts. What Stripe can be made to say is in `hostile_stripe.mjs`.

import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';

import { newUser, userNamed } from './application.mjs';
import { hostile } from './payloads.mjs';
import { admin, buy, call, onPlan, send, someClient } from './seeding.mjs';

const encode = encodeURIComponent;

/** Joins texts as long as they fit, so that a field with room is filled with many. */
export function packed(most, joint) {
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

/** As addresses of e-mail: what an address may be made of, and much may be put in quotes. Answers where each is found. */
export async function asAddresses() {
  const pages = [];
  for (const text of hostile) {
    const quoted = `"${text.replaceAll(/["\\]/g, '\\$&')}"@example.org`;
    const { user } = newUser();
    const email = (await reach(user, `${text}@example.org`)) ?? (await reach(user, quoted));
    if (!email) continue;
    await call(admin, 'POST', `/api/financial/credits/${user}/add`, { amount: 1, reason: 'A gift' });
    pages.push([`/users?search=${encode(email)}`, [email, user]]);
  }
  return pages;
}

/** Says where a user is reached, and answers it where that was taken for an address. */
async function reach(user, email) {
  const answer = await send(admin, 'PUT', `/api/users/${user}/contact`, { email });
  assert.ok(answer.ok || answer.status === 422, `${email} was answered ${answer.status}`);
  return answer.ok ? email : undefined;
}

/** As reasons of everything else that is done with credits. */
export async function asReasons() {
  const packs = packed(190, ' ');
  const { user } = newUser();
  const wallet = `/api/financial/credits/${user}`;
  await call(admin, 'POST', `${wallet}/add`, { amount: 1_000, reason: 'To be used' });
  for (const { text } of packs) {
    const wanted = { amount: 1, reason: text };
    for (const what of ['spend', 'remove']) await call(admin, 'POST', `${wallet}/${what}`, wanted);
    for (const end of ['capture', 'release']) {
      const { hold_id } = await call(admin, 'POST', `${wallet}/holds`, wanted);
      await call(admin, 'POST', `${wallet}/holds/${hold_id}/${end}`, end === 'capture' ? {} : undefined);
    }
  }
  return [`/users/${user}?show=credits`, packs.flatMap(({ texts }) => texts)];
}

/** As what is noted where refunds are approved, and as why they are declined. Answers who asked, too, and what they were told. */
export async function asDecisions() {
  const [ada, packs, pages] = [newUser(), packed(490, ' '), []];
  for (const { texts, text } of packs) {
    for (const [decision, words] of [['approve', { note: text }], ['decline', { reason: text }]]) {
      const { purchase_id } = await buy(ada, { item_id: 'starter', quantity: 3 });
      // More than is granted at once.
      const asked = { purchase_id, amount_minor: 2_500, reason: 'It was a mistake.' };
      const { request_id } = await call(ada.token, 'POST', '/api/refund-requests', asked);
      await call(admin, 'POST', `/api/refund-requests/${request_id}/${decision}`, words);
      pages.push([`/refund-requests/${request_id}`, texts]);
    }
  }
  return { pages, asker: ada, told: packs.map(({ text }) => text) };
}

/** As who works on orders, in links to what was delivered, and as what was said of it. */
export async function asDeliveries() {
  const pages = [];
  for (const { texts, text } of packed(1_900, '\n')) {
    const [ada, link] = [newUser(), `https://files.example.org/${encodeURIComponent(texts[0])}`];
    const fields = { track_url: 'https://music.example.org/song' };
    const order = await call(ada.token, 'POST', '/api/orders', { package_id: 'track-review', fields });
    await buy(ada, { order_id: order.order_id });
    const place = `/api/orders/${order.order_id}`;
    await call(admin, 'POST', `${place}/assignment`, { reviewer_id: texts[0] });
    await call(admin, 'POST', `${place}/moves`, { to: 'in_progress', note: text });
    const delivered = { to: 'delivered', links: [link.replaceAll("'", '%27')], note: text };
    await call(admin, 'POST', `${place}/moves`, delivered);
    pages.push([`/orders/${order.order_id}`, [...texts, ...delivered.links]]);
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

/** Somebody who has bought something. */
export async function buyer() {
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
