// What a buyer does and sees, in words: a browser of their own, the shop, the hosted checkout.
//
// Every wait is for something on the page. Whatever the browser complains about in its console fails the purchase it happened in.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const shop = process.env.SHOP;
const pictures = path.resolve(import.meta.dirname, '../artifacts');
const patienceMs = 20_000;

export const cards = {
  good: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  challenged: '4000 0000 0000 3220',
  /** Paid, and disputed at once. */
  disputed: '4000 0000 0000 0259',
  /** Paid, and the money is available at once. */
  atOnce: '4000 0000 0000 0077',
};

/** Starts the browser. It asks nobody but the addresses that the test opens. */
export function startBrowser() {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--no-first-run', '--disable-gpu'];
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: [...quiet, ...asRoot] });
}

/** Runs one story with a fresh buyer, and keeps a picture of where it ended, well or badly. */
export async function asBuyer(browser, story, tell, { expectedComplaint, ...look } = {}) {
  fs.mkdirSync(pictures, { recursive: true });
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...look });
  context.setDefaultTimeout(patienceMs);
  const complaints = [];
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' && !expectedComplaint?.test(message.text())) complaints.push(`${message.text()} (${message.location().url})`);
  });
  const page = await context.newPage();
  try {
    await tell(page);
    assert.deepEqual(complaints, [], 'the browser complained');
  } finally {
    await keepPicture(page, story);
    await context.close();
  }
}

/** A picture of the page as it is, for whoever wants to see what the buyer saw. */
export function keepPicture(page, name) {
  return page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}

/** Opens the shop and answers the balance, once the page shows one. */
export async function openShop(page) {
  await page.goto(shop);
  await page.waitForFunction(() => /^\d+$/.test(document.querySelector('#balance').textContent.trim()));
  return balance(page);
}

export async function balance(page) {
  return Number(await page.textContent('#balance'));
}

/** The page itself must come to show that balance; nobody reloads it. */
export async function awaitBalance(page, expected) {
  await page.waitForFunction((wanted) => document.querySelector('#balance').textContent.trim() === wanted, String(expected));
}

/** Clicks on the first pack, and answers how many credits it promises once the checkout is there. */
export async function chooseCredits(page) {
  const button = page.locator('[data-pack]').first();
  const credits = Number(/\d+/.exec(await button.textContent())[0]);
  await button.click();
  await page.waitForSelector('#payment-form');
  return credits;
}

export async function fillCard(page, number) {
  const email = page.locator('#email');
  if (await email.isEditable()) await email.fill('ada@example.org');
  await page.fill('#card-number', number);
  await page.fill('#card-expiry', '12 / 39');
  await page.fill('#card-cvc', '123');
  await page.fill('#card-name', 'Ada Example');
}

/** Fills the card in and pays. What comes next depends on the card. */
export async function pay(page, number) {
  await fillCard(page, number);
  await page.click('#pay');
}

/** The success page, once it shows that the payment has arrived. */
export async function awaitSuccess(page) {
  await page.waitForURL('**/payment/success**');
  await page.waitForSelector('#purchase[data-status="paid"]');
}

/** Clicks on a plan's button, and waits for the checkout. */
export async function choosePlan(page, plan) {
  await page.click(`button[data-plan="${plan}"]`);
  await page.waitForSelector('#payment-form');
}

/** The page itself must come to show that the buyer has the plan and its tier; answers what it says of it. */
export async function awaitPlan(page, plan, tier) {
  const row = page.locator(`#subscriptions [data-plan="${plan}"]`);
  await row.waitFor();
  await page.waitForFunction((wanted) => document.querySelector('#tier').textContent === wanted, tier);
  return row.locator('.status').textContent();
}

/** Opens the portal from the shop. */
export async function openPortal(page) {
  await page.click('#manage');
  await page.waitForSelector('.portal');
}

/** Opens the shop as somebody without a plan: what an earlier story left is ended, as an application would. Answers the balance. */
export async function openShopWithoutPlan(page) {
  const owned = await openShop(page);
  await page.evaluate(async () => {
    const headers = { authorization: `Bearer ${document.querySelector('#shop').dataset.token}` };
    for (const { dataset } of document.querySelectorAll('#subscriptions li')) {
      const answer = await fetch(`/api/stripe/subscriptions/${dataset.subscription}?when=now`, { method: 'DELETE', headers });
      if (!answer.ok) throw new Error(`the subscription could not be ended: ${answer.status}`);
    }
  });
  await page.waitForSelector('#subscriptions:empty', { state: 'attached' });
  return owned;
}

/** Turns the sandbox's clock on by a minute, in which banks there decide. */
export async function letTimePass(sandbox) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox}/_sandbox/clock`, { method: 'POST', headers, body: JSON.stringify({ advance: 60 }) });
  assert.ok(answer.ok, `the sandbox's clock answered ${answer.status}`);
}
