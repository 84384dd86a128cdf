// Puts hostile texts wherever an event of Stripe's can carry one, by events that are signed as Stripe signs them. Each part answers
// which pages of the console show which texts.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { buyer, packed } from './hostile.mjs';
import { hostile } from './payloads.mjs';
import { admin, call, someBuilder } from './seeding.mjs';

const { origin } = new URL(process.env.SHOP);
/** The webhook secret of `paydesk dev`. */
const SECRET = 'whsec_sandbox_on_this_machine_only';
/** Where events come in, and those about connected accounts. */
const INBOX = '/api/stripe/webhook';
const CONNECT_INBOX = '/api/webhooks/stripe';
/** How often somebody looks again whether an event has been handled. */
const LOOKS_MAX = 2_000;
const encode = encodeURIComponent;

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

/** As why payments are disputed, why their refunds failed, and what is suspected of them. */
export async function asReversals() {
  const pages = [];
  for (const { texts, text } of packed(240, ' ')) {
    const { user } = await buyer();
    const [payment] = (await call(admin, 'GET', `/api/payments?user_id=${user}`)).data;
    const about = { payment_intent: payment.payment_intent_id, charge: payment.charge_id, created: now(), livemode: false };
    const money = { ...about, amount: 1, currency: 'usd', reason: text };
    const evidence_details = { due_by: now() + 86_400 };
    const dispute = { object: 'dispute', ...money, status: 'needs_response', evidence_details, balance_transactions: [] };
    const refund = { object: 'refund', ...money, status: 'failed', failure_reason: text, metadata: { [texts[0]]: text } };
    const warning = { object: 'radar.early_fraud_warning', ...about, actionable: true, fraud_type: text };
    pages.push([`/disputes/${await tell('charge.dispute.created', 'du', dispute)}`, texts, 'as a code']);
    pages.push([`/refunds/${await tell('refund.failed', 're', refund)}`, texts]);
    await tell('radar.early_fraud_warning.created', 'issfr', warning);
    pages.push([`/fraud-warnings?user_id=${user}`, texts, 'as a code']);
  }
  return pages;
}

/** As why banks sent back what somebody was paid. Answers who that is, and what is said of it. */
export async function asBankFailures() {
  const builder = await someBuilder();
  const { account_id } = await call(admin, 'GET', `/api/payouts/accounts/${builder.user}`);
  const packs = packed(490, ' ');
  const ways = packs.flatMap(({ text }) => [{ failure_code: text }, { failure_code: 'declined', failure_message: text }]);
  for (const failure of ways) {
    const payout = { object: 'payout', amount: 100, currency: 'usd', status: 'failed', arrival_date: now(), created: now(), ...failure };
    await tell('payout.failed', 'po', payout, account_id);
  }
  let known = [];
  for (let looks = 0; looks < LOOKS_MAX && known.length < ways.length; looks += 1) {
    known = (await call(admin, 'GET', `/api/payouts/${builder.user}/bank-payouts?limit=100`)).data;
  }
  assert.equal(known.length, ways.length, 'every payout is known');
  return { builder, said: packs.map(({ text }) => text) };
}

/** Delivers an event about something new, and answers its id. */
async function tell(type, prefix, about, account) {
  const suffix = crypto.randomUUID().replaceAll('-', '');
  const object = { id: `${prefix}_${suffix}`, ...about };
  await deliver({ id: `evt_${suffix}`, type, ...(account && { account }), data: { object } });
  return object.id;
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
  const answer = await fetch(origin + (event.type.startsWith('payout.') ? CONNECT_INBOX : INBOX), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` },
    body,
  });
  const said = await answer.text();
  assert.ok(answer.ok || answer.status === 400, `an event was answered ${answer.status}: ${said}`);
  return answer.ok;
}
