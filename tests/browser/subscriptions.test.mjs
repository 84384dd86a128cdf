// The whole way of a subscription, as a person goes it: shop, hosted checkout, customer portal, and what they then have.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { asBuyer, awaitBalance, awaitPlan, awaitSuccess, cards, choosePlan, keepPicture, openPortal, openShop, openShopWithoutPlan, pay, startBrowser } from './buyer.mjs';

/** The browser writes a line of its own about an answer of 402, which is how a card's refusal is said. */
const declined = { expectedComplaint: /status of 402/ };

/** What the shop's catalogue says of the plans that are bought here. */
const pro = { id: 'pro-monthly', tier: 'pro', name: 'Pro', credits: 500 };
const label = { id: 'label-monthly', tier: 'label', name: 'Label', credits: 2500 };

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** A story of somebody who subscribed to the plan just before it begins. */
function asSubscriber(story, tell) {
  return asBuyer(browser, story, async (page) => {
    const owned = await openShopWithoutPlan(page);
    await choosePlan(page, pro.id);
    assert.match(await page.textContent('#total'), /^\S+ per month$/);
    assert.equal(await page.textContent('#pay'), 'Subscribe');
    await pay(page, cards.good);
    await awaitSuccess(page);
    await openShop(page);
    await awaitPlan(page, pro.id, pro.tier);
    await awaitBalance(page, owned + pro.credits);
    await tell(page, owned + pro.credits);
  });
}

test('who subscribes has the plan, its tier and its credits, and cannot subscribe a second time', () =>
  asSubscriber('subscribed', async (page) => {
    assert.match(await awaitPlan(page, pro.id, pro.tier), /^Renews on /);
    await keepPicture(page, 'page-subscribed');
    assert.deepEqual(await page.locator('button[data-plan]:visible').all(), [], 'a second plan of the group was offered');
    assert.deepEqual(await page.locator('[data-current]:visible').evaluateAll((marked) => marked.map((one) => one.dataset.current)), [pro.id]);
    await page.getByRole('link', { name: `Change to ${label.name}` }).click();
    await page.getByRole('heading', { level: 1, name: 'Plan' }).waitFor();
    await page.locator(`.pd-plan[data-plan="${pro.id}"][data-current]`).getByText('Your plan').waitFor();
    await page.getByRole('button', { name: `Change to ${label.name}` }).waitFor();
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await awaitPlan(page, pro.id, pro.tier);
  }));

test('a declined card subscribes to nothing, and a good one then does', () =>
  asBuyer(
    browser,
    'subscribed-after-decline',
    async (page) => {
      const owned = await openShopWithoutPlan(page);
      await choosePlan(page, label.id);
      await pay(page, cards.declined);
      await page.waitForFunction(() => /declined/i.test(document.querySelector('#error').textContent));
      const shop = await page.context().newPage();
      assert.equal(await openShop(shop), owned);
      await shop.waitForSelector(`button[data-plan="${label.id}"]`);
      await shop.close();
      await pay(page, cards.good);
      await awaitSuccess(page);
      await openShop(page);
      await awaitPlan(page, label.id, label.tier);
      await awaitBalance(page, owned + label.credits);
      },
    declined,
  ));

test('a plan that is changed in the portal is changed in the shop, with the rest of the credits', () =>
  asSubscriber('changed', async (page, owned) => {
    await openPortal(page);
    await page.click('text="Change plan"');
    await page.check(`label:has-text("${label.name}") input`);
    await page.click('#preview');
    await keepPicture(page, 'page-portal-change');
    await page.click('[id^="plan-sub_"]');
    await page.waitForFunction(() => /has been changed/.test(document.querySelector('#done').textContent));
    await page.click('#back');
    assert.match(await awaitPlan(page, label.id, label.tier), /^Renews on /);
    // Nearly the whole period is left of both plans, so nearly the whole difference is granted.
    await page.waitForFunction((least) => Number(document.querySelector('#balance').textContent) > least, owned + 0.99 * (label.credits - pro.credits));
  }));

test('a plan that is cancelled in the portal stays until its period is over, and the shop says so', () =>
  asSubscriber('cancelled', async (page) => {
    await openPortal(page);
    await page.click('text="Cancel subscription"');
    await page.click('[id^="cancel-sub_"]');
    await page.waitForFunction(() => /cancellation has been noted/.test(document.querySelector('#done').textContent));
    await keepPicture(page, 'page-portal-cancelled');
    await page.click('#back');
    await page.waitForFunction(() => /^Ends on /.test(document.querySelector('#subscriptions .status')?.textContent));
    await awaitPlan(page, pro.id, pro.tier);
    await keepPicture(page, 'page-ends-on');
  }));
