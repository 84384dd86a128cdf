// A page of an application with the components on it, and the hands of somebody who has a keyboard alone.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';

const example = process.env.EXAMPLE;
const paydesk = new URL(process.env.SHOP).origin;
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** More stops than the page has; who has pressed Tab so often will never get there. */
const STOPS_MAX = 120;

/** The sizes and colours in which every journey is made. */
export const looks = {
  phone: { viewport: { width: 375, height: 812 }, colorScheme: 'dark' },
  desk: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
};

/** A user nobody has seen before, with their token. */
export function newUser() {
  return userNamed(`user_${crypto.randomUUID()}`);
}

/** A user of this id, with a token as the application would sign it. */
export function userNamed(user) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: user, exp: Math.floor(Date.now() / 1000) + 3600 };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = crypto.createHmac('sha256', process.env.PAYDESK_JWT_SECRET).update(signed).digest('base64url');
  return { user, token: `${signed}.${signature}` };
}

/** Opens the application as that user, and waits until everything on the page has loaded. */
export async function openApplication(page, { user, token } = newUser()) {
  await page.goto(`${example}/#${new URLSearchParams({ paydesk, user, token })}`);
  await awaitLoaded(page);
}

export async function awaitLoaded(page) {
  await page.waitForSelector('.pd-keys');
  await page.waitForFunction(() => document.querySelector('[data-state="loading"]') === null);
}

/** Back on the application's page after a checkout. */
export async function awaitReturn(page) {
  await page.waitForURL(`${example}/**`);
  await awaitLoaded(page);
}

export function awaitBalance(page, expected) {
  return page.locator('.pd-balance-value', { hasText: new RegExp(`^${expected}$`) }).waitFor();
}

/** Gives a user credits, as the operator does, with a reason that they read. */
export function addCredits(user, amount, reason) {
  return post(process.env.PAYDESK_ADMIN_TOKEN, `/api/financial/credits/${user}/add`, { amount, reason });
}

/** An order that is paid for and that a reviewer has delivered, so that they earn of it. `payAt` pays at the checkout's address. */
export async function earnByOrder(buyer, reviewer, payAt) {
  const fields = { track_url: 'https://music.example.org/song' };
  const order = await post(buyer.token, '/api/orders', { package_id: 'track-review', fields });
  const checkout = await post(buyer.token, '/api/stripe/create-checkout-session', { order_id: order.order_id });
  await payAt(checkout.url);
  await post(process.env.PAYDESK_ADMIN_TOKEN, `/api/orders/${order.order_id}/assignment`, { reviewer_id: reviewer.user });
  await deliver(order.order_id, 'Well done');
}

/** Does the work of an order, and says something about it. */
export async function deliver(orderId, note) {
  const move = (wanted) => post(process.env.PAYDESK_ADMIN_TOKEN, `/api/orders/${orderId}/moves`, wanted);
  await move({ to: 'in_progress' });
  await move({ to: 'delivered', links: ['https://files.example.org/review'], note });
}

/** Makes a key, as the user's own program would. */
export function createKey(token, name) {
  return post(token, '/api/keys', { name });
}

/** Books a time, as another client would. */
export function book(token, sessionType, startsAt) {
  return post(token, '/api/payments/create-checkout-session', { item_id: sessionType, starts_at: startsAt });
}

/** Shows the page as it will be when a booking has begun; what the server says is of now. */
export function awaitBeginning(page, { starts_at }) {
  return page.clock.setSystemTime(Date.parse(starts_at) + 60_000);
}

/** Says that a builder is there every day from nine to five in Berlin, as the operator may, where nothing was said yet. */
export async function makeAvailable(builder) {
  const nineToFive = [{ from: '09:00', to: '17:00' }];
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const availability = { time_zone: 'Europe/Berlin', weekly: Object.fromEntries(days.map((day) => [day, nineToFive])) };
  const answer = await send('PUT', process.env.PAYDESK_ADMIN_TOKEN, `/api/builders/${builder}/availability`, availability, { 'if-match': '"0"' });
  assert.ok(answer.ok || answer.status === 412, `${answer.status}: ${await answer.text()}`);
}

async function post(token, path, body) {
  const answer = await send('POST', token, path, body, { 'idempotency-key': crypto.randomUUID() });
  const text = await answer.text();
  assert.ok(answer.ok, `${answer.status} for ${JSON.stringify(body)}: ${text}`);
  return JSON.parse(text);
}

function send(method, token, path, body, headers) {
  return fetch(paydesk + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** Presses Tab until the focus is where it is wanted, as somebody without a mouse would. */
export async function tabTo(page, wanted) {
  await wanted.waitFor();
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard never gets to ${wanted}`);
}

/** Goes to a button and presses Enter on it. */
export async function press(page, name, within = page) {
  const button = within.getByRole('button', { name, exact: typeof name === 'string' });
  await tabTo(page, button);
  const outline = await button.evaluate((element) => getComputedStyle(element).outlineStyle);
  assert.notEqual(outline, 'none', `nobody sees that the focus is on “${name}”`);
  await page.keyboard.press('Enter');
}

/** Goes to a field and types. */
export async function type(page, label, text) {
  await tabTo(page, page.getByLabel(label));
  await page.keyboard.type(text);
}

/** What is there is read by axe, and fits the screen. */
export async function inspect(page) {
  // Not as a tag in the page: a strict policy would refuse it.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document);
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target).join(', ')}`);
  });
  assert.deepEqual(found, [], 'axe complains');
  const { wide, wider } = await page.evaluate(() => ({ wide: window.innerWidth, wider: document.documentElement.scrollWidth }));
  assert.ok(wider <= wide, `the page is ${wider} pixels wide on a screen of ${wide}`);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('.table')].filter((table) => table.scrollWidth > table.clientWidth && !/auto|scroll/.test(getComputedStyle(table).overflowX)).length,
  );
  assert.equal(cut, 0, 'a table is cut off, and nobody gets to what is beyond');
}
