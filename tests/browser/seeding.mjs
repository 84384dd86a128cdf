// What an application, its buyers and Stripe do without a browser, so that the console has something to show.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { makeAvailable, newUser } from './application.mjs';
import { cards } from './buyer.mjs';

const { origin } = new URL(process.env.SHOP);
export const admin = process.env.PAYDESK_ADMIN_TOKEN;

/** The key of the sandbox's Stripe. */
const SANDBOX_KEY = 'sk_test_sandbox_0123456789abcdef';

/** How often somebody looks again whether Stripe has told. */
const LOOKS_MAX = 2_000;

/** Asks paydesk, whatever it answers. */
export function send(token, method, path, body) {
  const headers = { authorization: `Bearer ${token}` };
  if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID();
  if (body !== undefined) headers['content-type'] = 'application/json';
  return fetch(origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** Asks paydesk; what it refuses fails the story. */
export async function call(token, method, path, body) {
  const answer = await send(token, method, path, body);
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path} was answered ${answer.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Pays for something as its buyer would, and answers the checkout. What was bought is there when this returns. */
export async function buy({ token }, wanted, path = '/api/stripe/create-checkout-session', card = cards.good) {
  const checkout = await call(token, 'POST', path, wanted);
  await pay(checkout, card);
  return checkout;
}

/** Pays on Stripe's side, and sees to it that paydesk knows: its page of success settles what no event has told yet. */
async function pay({ id, url }, card) {
  await steer(new URL(url).origin, `/checkout/${id}/pay`, { card });
  const settled = await fetch(`${origin}/payment/success?session_id=${encodeURIComponent(id)}`);
  assert.ok(settled.ok, `the page of success was answered ${settled.status}`);
}

/** Users who have one credit each, and whose ids begin alike. Answers that beginning. */
export async function manyUsers(count) {
  const begin = `many_${crypto.randomUUID().slice(0, 8)}_`;
  for (let number = 0; number < count; number += 1) {
    const user = `${begin}${String(number).padStart(3, '0')}`;
    await call(admin, 'POST', `/api/financial/credits/${user}/add`, { amount: 1, reason: 'A gift for each' });
  }
  return begin;
}

/** Somebody who has the shop's first plan, as soon as Stripe has told of it. */
export async function onPlan(user = newUser(), currency = 'usd') {
  await buy(user, { item_id: 'pro-monthly', currency });
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const { tier } = await call(admin, 'GET', `/api/entitlements/${encodeURIComponent(user.user)}`);
    if (tier === 'pro') return user;
  }
  assert.fail(`${user.user} does not have the plan`);
}

/** Somebody who has bought credits and a plan, and whose address is known. */
export async function someSubscriber() {
  const user = newUser();
  await call(admin, 'PUT', `/api/users/${user.user}/contact`, { email: `${user.user}@example.org` });
  const bought = await buy(user, { item_id: 'starter', quantity: 2 });
  await buy(user, { item_id: 'pro-monthly' });
  return { ...user, purchase: bought.purchase_id };
}

/** Somebody who has bought credits, and whose bank asks the money back. Answers where Stripe is, too. */
export async function someDisputer() {
  const user = newUser();
  const { url } = await buy(user, { item_id: 'starter' }, undefined, cards.disputed);
  return { ...user, sandbox: new URL(url).origin };
}

/** Gives evidence against a dispute, of the kind by which banks of the sandbox decide for the shop. */
export function giveEvidence(sandbox, dispute) {
  return askStripe(sandbox, `/v1/disputes/${dispute}`, { 'evidence[uncategorized_text]': 'winning_evidence', submit: 'true' });
}

/** Somebody who has booked the last hour that is free with the shop's builder, and paid for it; with that booking. */
export async function someClient(user = newUser()) {
  await makeAvailable('grace');
  const { data } = await call(admin, 'GET', '/api/bookings/slots?session_type=mix-session');
  const wanted = { item_id: 'mix-session', starts_at: data.at(-1).starts_at };
  await buy(user, wanted, '/api/payments/create-checkout-session');
  const booked = await call(user.token, 'GET', '/api/bookings');
  return { ...user, booking: booked.data[0] };
}

/** Makes something happen on Stripe's side. */
export async function steer(sandbox, path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox}/_sandbox${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `the sandbox answered ${answer.status} for ${path}: ${text}`);
  return JSON.parse(text);
}

/** Asks Stripe, as its own libraries would. */
async function askStripe(sandbox, path, form, account) {
  const headers = { authorization: `Bearer ${SANDBOX_KEY}`, 'content-type': 'application/x-www-form-urlencoded' };
  if (account) headers['stripe-account'] = account;
  const answer = await fetch(sandbox + path, { method: 'POST', headers, body: new URLSearchParams(form) });
  const text = await answer.text();
  assert.ok(answer.ok, `Stripe answered ${answer.status} for ${path}: ${text}`);
  return JSON.parse(text);
}

/** Sends money from somebody's account at Stripe to their bank, so often. Answers the payouts, the oldest first, and where Stripe is. */
export async function payOut({ user }, amounts) {
  const { account_id } = await call(admin, 'GET', `/api/payouts/accounts/${user}`);
  const quantity = Math.ceil((2 * amounts.reduce((sum, amount) => sum + amount)) / 1_000);
  // The shop has the money at once, so that it can be given on.
  const { url } = await buy(newUser(), { item_id: 'starter', quantity }, undefined, cards.atOnce);
  const sandbox = new URL(url).origin;
  const payouts = [];
  for (const amount of amounts) {
    const money = { amount, currency: 'usd' };
    await askStripe(sandbox, '/v1/transfers', { ...money, destination: account_id });
    payouts.push(await askStripe(sandbox, '/v1/payouts', money, account_id));
  }
  return { payouts, sandbox };
}

/** Somebody who has asked to be paid. */
export async function someBuilder() {
  const user = newUser();
  await call(user.token, 'POST', `/api/payouts/accounts/${user.user}/onboarding`, {});
  return user;
}
