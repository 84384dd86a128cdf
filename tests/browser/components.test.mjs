// The React components on an application's page, against a real paydesk: each journey on a phone and at a desk, by keyboard alone,
// read by axe where it begins and wherever something new is shown.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { addCredits, awaitBalance, awaitLoaded, awaitReturn, book, createKey, deliver, inspect, looks, makeAvailable, newUser, openApplication, press, tabTo, type } from './application.mjs';
import { asBuyer, cards, keepPicture, pay, startBrowser } from './buyer.mjs';
import { payloads } from './payloads.mjs';

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** One journey, made with every look. */
function journey(name, story, tell, more = {}) {
  for (const [look, options] of Object.entries(looks)) {
    const where = look === 'phone' ? 'on a phone' : 'at a desk';
    test(`${name}, ${where}`, () => asBuyer(browser, `components-${story}-${look}`, (page) => tell(page, look), { ...options, ...more }));
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
  await page.locator('.pd-purchases [data-status="paid"]', { hasText: 'Starter pack' }).waitFor();
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

journey('a time is picked, paid for, and confirmed while somebody looks', 'booking', async (page, look) => {
  await makeAvailable('grace');
  await openApplication(page);
  await page.getByText('You have not booked anything yet.').waitFor();
  await press(page, 'Next month');
  const free = page.locator('.pd-day:not([aria-disabled])').first();
  await free.waitFor();
  await tabTo(page, page.locator('.pd-day[tabindex="0"]'));
  while (!(await free.evaluate((day) => day === document.activeElement))) await page.keyboard.press('ArrowRight');
  await inspect(page);
  await page.keyboard.press('Enter');
  const times = page.locator('.pd-slots input');
  await times.first().waitFor();
  await tabTo(page, times.first());
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  const chosen = page.getByRole('region', { name: 'Your booking' });
  await chosen.getByText('Cancel 48 hours before to get 100 % back.').waitFor();
  const startsAt = await chosen.locator('time').getAttribute('datetime');
  await inspect(page);
  await keepPicture(page, `components-booking-${look}`);

  // Somebody else is faster, by a moment.
  await book(newUser().token, 'mix-session', startsAt);
  await press(page, /^Book and pay /, chosen);
  await page.getByRole('alert').waitFor();
  await inspect(page);
  await keepPicture(page, `components-booking-taken-${look}`);
  await tabTo(page, page.locator('.pd-alternatives button').first());
  await page.keyboard.press('Enter');
  await press(page, /^Book and pay /, chosen);
  await payFor(page);
  await page.locator('.pd-booked[data-status="confirmed"]', { hasText: 'Mix session' }).waitFor();
  await inspect(page);
}, { expectedComplaint: /status of 409/ });

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

journey('credits that run low are bought with a saved card', 'top-up', async (page, look) => {
  await openApplication(page);
  await type(page, 'Tell me below (optional)', '50');
  await type(page, 'Buy more below (optional)', '20');
  await press(page, 'Save');
  await page.locator('[data-top-up="needs_payment_method"]').waitFor();
  await page.getByText('$10.00 each time, and never more').waitFor();
  await inspect(page);
  await press(page, 'Save a payment method');
  await payFor(page);
  // The wallet was empty, so the card is used at once.
  await awaitBalance(page, 100);
  await page.locator('.pd-history tr[data-code="grant"]', { hasText: '+100' }).waitFor();
  await inspect(page);
  await keepPicture(page, `components-top-up-${look}`);

  await press(page, 'Turn off');
  await page.locator('[data-top-up="off"]').waitFor();
});

test('nothing that others wrote runs as a script', () =>
  asBuyer(browser, 'components-payloads', async (page) => {
    const ada = newUser();
    await openApplication(page, ada);
    await subscribe(page, 'Pro');
    await type(page, 'Link to the track', 'https://music.example.org/song');
    await press(page, 'Order and pay $49.00');
    await payFor(page);
    const paid = page.locator('.pd-order[data-status="paid"]');
    await paid.waitFor();
    await deliver(await paid.getAttribute('data-order'), payloads.join('\n').slice(0, 2_000));
    for (const payload of payloads) await addCredits(ada.user, 1, payload);
    for (const payload of payloads.slice(0, 60)) await createKey(ada.token, payload);

    await page.addInitScript(() => {
      window.ran = [];
      window.alert = (what) => window.ran.push(what);
    });
    await page.reload();
    await awaitLoaded(page);
    for (const list of ['.pd-history', '.pd-keys']) await readToTheEnd(page.locator(list));
    const written = async (where) => (await page.locator(where).allTextContents()).map((text) => text.trim());
    const reasons = await written('.pd-history tbody .pd-note');
    const names = await written('.pd-key .pd-name');
    for (const payload of payloads) assert.ok(reasons.includes(payload.trim()), payload);
    for (const payload of payloads.slice(0, 60)) assert.ok(names.includes(payload.trim()), payload);
    assert.match((await written('.pd-order section p')).join(), /<script>alert\(1\)<\/script>/);
    await page.evaluate(() => {
      for (const element of document.querySelectorAll('.pd-history *, .pd-keys *, .pd-orders *')) {
        element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
      }
    });
    assert.deepEqual(await page.evaluate(() => window.ran), []);
  }));

/** Asks for more of a list until there is no more. */
async function readToTheEnd(list) {
  const more = list.getByRole('button', { name: 'Show more' });
  const entries = list.locator('tbody tr, .pd-key');
  while (await more.count()) {
    const before = await entries.count();
    await more.click();
    await entries.nth(before).waitFor();
  }
}
