// The whole way of a purchase, as a person goes it: shop, hosted checkout, success or cancel page, and what they then own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { asBuyer, awaitBalance, awaitSuccess, balance, cards, chooseCredits, fillCard, keepPicture, letTimePass, openShop, pay, startBrowser } from './buyer.mjs';

/** The browser writes a line of its own about an answer of 402, which is how a card's refusal is said. */
const declined = { expectedComplaint: /status of 402/ };

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

test('credits bought with a good card are in the wallet', () =>
  asBuyer(browser, 'credits', async (page) => {
    const owned = await openShop(page);
    const credits = await chooseCredits(page);
    await fillCard(page, cards.good);
    await keepPicture(page, 'page-checkout');
    await page.click('#pay');
    await awaitSuccess(page);
    await keepPicture(page, 'page-success');
    await openShop(page);
    await awaitBalance(page, owned + credits);
  }));

test('credits arrive by the webhook alone when the buyer never comes back', () =>
  asBuyer(browser, 'never-back', async (page) => {
    const owned = await openShop(page);
    const tab = await page.context().newPage();
    await openShop(tab);
    const credits = await chooseCredits(tab);
    // The browser asks for nothing any more once the payment is through: an answer of 204 leaves it where it is.
    await tab.route('**/payment/success**', (route) => route.fulfill({ status: 204 }));
    const paid = tab.waitForRequest('**/payment/success**');
    await pay(tab, cards.good);
    await paid;
    await tab.close();
    await awaitBalance(page, owned + credits);
  }));

test('another tab of the shop shows the new balance by itself', () =>
  asBuyer(browser, 'second-tab', async (page) => {
    const owned = await openShop(page);
    const other = await page.context().newPage();
    await openShop(other);
    const credits = await chooseCredits(other);
    await pay(other, cards.good);
    await awaitSuccess(other);
    await page.bringToFront();
    await awaitBalance(page, owned + credits);
  }));

test('a declined card says so, buys nothing, and another card can follow', () =>
  asBuyer(
    browser,
    'declined-then-good',
    async (page) => {
      const owned = await openShop(page);
      const credits = await chooseCredits(page);
      await pay(page, cards.declined);
      await page.waitForFunction(() => /declined/i.test(document.querySelector('#error').textContent));
      await keepPicture(page, 'page-declined');
      assert.ok(!page.url().includes('/payment/'), 'a declined card must not leave the checkout');
      await pay(page, cards.good);
      await awaitSuccess(page);
      await openShop(page);
      await awaitBalance(page, owned + credits);
    },
    declined,
  ));

test('a card that asks for confirmation buys when it is confirmed', () =>
  asBuyer(browser, 'confirmed', async (page) => {
    const owned = await openShop(page);
    const credits = await chooseCredits(page);
    await pay(page, cards.challenged);
    await page.waitForSelector('#challenge-complete');
    await keepPicture(page, 'page-challenge');
    await page.click('#challenge-complete');
    await awaitSuccess(page);
    await openShop(page);
    await awaitBalance(page, owned + credits);
  }));

test('a card that asks for confirmation buys nothing when it is refused', () =>
  asBuyer(browser, 'refused', async (page) => {
    const owned = await openShop(page);
    await chooseCredits(page);
    await pay(page, cards.challenged);
    await page.click('#challenge-fail');
    await page.waitForFunction(() => (document.querySelector('#error')?.textContent ?? '').length > 0);
    assert.equal(await openShop(page), owned);
  }));

test('an abandoned checkout leads to the cancel page, buys nothing, and can be taken up again', () =>
  asBuyer(browser, 'abandoned', async (page) => {
    const owned = await openShop(page);
    const credits = await chooseCredits(page);
    await page.click('#cancel');
    await page.waitForURL('**/payment/cancel**');
    await page.waitForSelector('#cancelled');
    await keepPicture(page, 'page-cancel');
    await page.click('#retry');
    await page.waitForSelector('#payment-form');
    await pay(page, cards.good);
    await awaitSuccess(page);
    await openShop(page);
    await awaitBalance(page, owned + credits);
  }));

test('a second click on Pay charges once', () =>
  asBuyer(browser, 'double-click', async (page) => {
    const owned = await openShop(page);
    const credits = await chooseCredits(page);
    await fillCard(page, cards.good);
    await page.dblclick('#pay');
    await awaitSuccess(page);
    await openShop(page);
    await awaitBalance(page, owned + credits);
  }));

test('an order with its own fields is paid', () =>
  asBuyer(browser, 'order', async (page) => {
    const owned = await openShop(page);
    const known = await page.locator('#orders [data-order]').evaluateAll((orders) => orders.map((order) => order.dataset.order));
    for (const field of await page.locator('#order-form input, #order-form textarea').all()) {
      await field.fill((await field.getAttribute('type')) === 'url' ? 'https://music.example.org/song' : 'A song of mine');
    }
    await page.click('#order-form button');
    await page.waitForSelector('#payment-form');
    await pay(page, cards.good);
    await awaitSuccess(page);
    await openShop(page);
    await page.waitForFunction(
      (before) => [...document.querySelectorAll('#orders [data-order]')].some((order) => !before.includes(order.dataset.order) && order.dataset.status === 'paid'),
      known,
    );
    assert.equal(await balance(page), owned, 'an order moves no credits');
  }));

test('a bank debit buys when the money arrives, days later', () =>
  asBuyer(browser, 'bank-debit', async (page) => {
    const owned = await openShop(page);
    const credits = await chooseCredits(page);
    const sandbox = new URL(page.url()).origin;
    await page.fill('#email', 'ada@example.org');
    await page.check('#method-bank-debit');
    await page.fill('#bank-account', '000123456789');
    await page.fill('#bank-name', 'Ada Example');
    await page.click('#pay');
    await page.waitForURL('**/payment/success**');
    await page.waitForSelector('#purchase[data-status="awaiting_funds"]');
    assert.equal(await openShop(page), owned, 'nothing is owned before the money is there');
    await letTimePass(sandbox);
    await awaitBalance(page, owned + credits);
  }));
