// The React components on an application's page, against a real paydesk: each journey on a phone and at a desk, by keyboard alone,
// read by axe where it begins and wherever something new is shown.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { awaitBalance, awaitLoaded, awaitReturn, inspect, looks, newUser, openApplication, press, tabTo, type } from './application.mjs';
import { asBuyer, cards, keepPicture, pay, startBrowser } from './buyer.mjs';

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** One journey, made with every look. */
function journey(name, story, tell) {
  for (const [look, options] of Object.entries(looks)) {
    const where = look === 'phone' ? 'on a phone' : 'at a desk';
    test(`${name}, ${where}`, () => asBuyer(browser, `components-${story}-${look}`, (page) => tell(page, look), options));
  }
}

/** Pays on the sandbox's page, and comes back. */
async function payFor(page) {
  await page.waitForSelector('#payment-form');
  await pay(page, cards.good);
  await awaitReturn(page);
}

async function subscribe(page, plan) {
  await press(page, `Subscribe to ${plan}`);
  await payFor(page);
  await current(page).getByText(/^Renews on /).waitFor();
}

function current(page) {
  return page.getByRole('region', { name: 'Your plan' });
}

journey('credits are bought, and the balance rises while somebody looks', 'credits', async (page, look) => {
  const ada = newUser();
  await openApplication(page, ada);
  await awaitBalance(page, 0);
  await inspect(page);
  await keepPicture(page, `components-start-${look}`);

  const other = await page.context().newPage();
  await openApplication(other, ada);
  await press(other, 'Buy 100 credits $10.00');
  await payFor(other);
  await awaitBalance(other, 100);
  // The first page was not touched: it was told.
  await page.bringToFront();
  await awaitBalance(page, 100);
});

journey('a plan is subscribed to, changed, ended, and kept after all', 'plan', async (page, look) => {
  await openApplication(page);
  await subscribe(page, 'Pro');
  await awaitBalance(page, 500);

  await press(page, 'Change to Label');
  const change = page.getByRole('dialog', { name: 'Change to Label' });
  await change.getByText(/^You pay \$[\d.]+ now/).waitFor();
  await inspect(page);
  await keepPicture(page, `components-change-${look}`);
  await press(page, 'Change plan', change);
  await page.getByText('You are on Label now.').waitFor();
  await current(page).getByText('Label', { exact: true }).waitFor();

  await press(page, 'Cancel plan');
  const question = page.getByRole('dialog', { name: 'Cancel Label?' });
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel plan', 'the focus is back where it was');
  await page.keyboard.press('Enter');
  await press(page, 'Cancel plan', question);
  await current(page).getByText(/^Ends on /).waitFor();
  await inspect(page);

  await press(page, 'Keep plan after all');
  await current(page).getByText(/^Renews on /).waitFor();
});

journey('an order is placed and paid for', 'order', async (page) => {
  await openApplication(page);
  await page.getByText('You have not ordered anything yet.').waitFor();
  await type(page, 'Link to the track', 'https://music.example.org/song');
  await type(page, 'Genre (optional)', 'Ambient');
  await press(page, 'Order and pay $49.00');
  await payFor(page);
  await page.locator('.pd-order[data-status="paid"]').waitFor();
  await inspect(page);

  await press(page, 'Cancel Track review?');
  await press(page, 'Cancel', page.getByRole('dialog'));
  await page.locator('.pd-order[data-status="cancelled"], .pd-order[data-status="refunded"]').waitFor();
});

journey('a key comes with the plan; keys are made, replaced and revoked', 'keys', async (page, look) => {
  await openApplication(page);
  await subscribe(page, 'Pro');
  const issued = page.locator('.pd-key[data-status="unrevealed"]');
  await issued.waitFor();
  await tabTo(page, issued.getByRole('button', { name: /^Show / }));
  await page.keyboard.press('Enter');
  const secret = page.locator('.pd-secret');
  const first = await secret.locator('code').textContent();
  assert.match(first, /^pdk_/);
  await press(page, 'Close', secret);

  await type(page, 'Name of the new key', 'build server');
  await page.keyboard.press('Enter');
  await secret.waitFor();
  const made = await secret.locator('code').textContent();
  await inspect(page);
  await keepPicture(page, `components-secret-${look}`);

  await press(page, 'Replace the secret of build server');
  const question = page.getByRole('dialog');
  await tabTo(page, question.getByRole('checkbox'));
  await page.keyboard.press('Space');
  await inspect(page);
  await press(page, 'Replace', question);
  await page.waitForFunction((before) => document.querySelector('.pd-secret code')?.textContent !== before, made);
  assert.notEqual(await secret.locator('code').textContent(), made);

  await press(page, 'Revoke build server');
  await press(page, 'Revoke', question);
  await page.getByText('The key is revoked.').waitFor();
  await page.locator('.pd-key[data-status="revoked"]', { hasText: 'build server' }).waitFor();

  await page.reload();
  await awaitLoaded(page);
  assert.equal(await page.getByText('pdk_').count(), 0, 'a secret is shown once');
});
