// An operator at the console, against a real paydesk: on a phone and at a desk, by keyboard where it says so, read by axe wherever
// something new is shown. A report of the policy fails the journey it came in, as any complaint of the browser does.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { addCredits, inspect, looks, newUser, tabTo } from './application.mjs';
import { asBuyer, awaitSuccess, cards, chooseCredits, keepPicture, openShop, pay, startBrowser } from './buyer.mjs';
import { awaitRead, awaitRow, openConsole, openFromMenu } from './operator.mjs';
import { onPlan } from './seeding.mjs';

/** The browser writes a line of its own about an answer of 401, which is how nobody is told to be signed in. */
const signedOut = { expectedComplaint: /status of 401/ };

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** One journey, made with every look. */
function journey(name, story, tell, more = {}) {
  for (const [look, options] of Object.entries(looks)) {
    const where = look === 'phone' ? 'on a phone' : 'at a desk';
    test(`${name}, ${where}`, () => asBuyer(browser, `console-${story}-${look}`, (page) => tell(page, look), { ...options, ...more }));
  }
}

/** The shop's user buys credits, so that there is something to see. Answers who that is. */
async function buyCredits(page) {
  const shop = await page.context().newPage();
  await openShop(shop);
  const user = await shop.locator('#shop').getAttribute('data-user');
  await chooseCredits(shop);
  await pay(shop, cards.good);
  await awaitSuccess(shop);
  await shop.close();
  return user;
}

journey('a link signs in once, every list is there, and signing out ends it', 'lists', async (page, look) => {
  const link = await openConsole(page, 'viewer');
  assert.ok(!page.url().includes('sign-in'), 'the secret stays in the address bar');
  await awaitRead(page);
  await inspect(page);
  await keepPicture(page, `console-overview-${look}`);
  const money = ['Payments', 'Subscriptions', 'Refunds', 'Refund requests', 'Disputes', 'Fraud warnings', 'Payouts'];
  for (const name of ['Users', ...money, 'Orders', 'Bookings', 'Ledger', 'Events', 'Webhooks']) {
    await openFromMenu(page, look, name);
    await awaitRead(page);
    await inspect(page);
    await keepPicture(page, `console-${name.toLowerCase().replaceAll(' ', '-')}-${look}`);
  }
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await inspect(page);
  await page.goto(link);
  await page.getByRole('heading', { name: 'This link does not sign in any more' }).waitFor();
}, signedOut);

journey('an operator finds a user, gives and takes credits, and a payment back', 'acts', async (page, look) => {
  const user = await buyCredits(page);
  await openConsole(page, 'operator');
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Search' }).fill(user);
  await page.getByRole('option', { name: `User ${user}` }).waitFor();
  await keepPicture(page, `console-search-${look}`);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'User' }).waitFor();
  await page.getByRole('button', { name: 'Add credits' }).click();
  const question = page.getByRole('dialog', { name: 'Add credits?' });
  await question.getByLabel('Credits').fill('25');
  await question.getByLabel('Reason').fill(`A gift ${look}`);
  await inspect(page);
  await keepPicture(page, `console-question-${look}`);
  await question.getByRole('button', { name: 'Add credits' }).click();
  await page.getByRole('status').filter({ hasText: 'The balance is' }).waitFor();
  await awaitRead(page);
  await inspect(page);
  await keepPicture(page, `console-user-${look}`);

  await page.getByRole('navigation', { name: 'About this user' }).getByRole('link', { name: 'Purchases' }).click();
  await page.getByRole('status').filter({ hasText: 'The balance is' }).waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Purchases' }).getByRole('row').filter({ hasText: 'Paid' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Purchase' }).waitFor();
  await page.getByRole('button', { name: 'Refund' }).click();
  const refund = page.getByRole('dialog', { name: 'Give money back?' });
  await refund.getByLabel('Amount').fill('1.00');
  await refund.getByLabel('Note').fill('A part of it');
  await refund.getByRole('button', { name: 'Refund' }).click();
  await page.getByRole('status').filter({ hasText: '$1.00 given back' }).waitFor();
  await inspect(page);
  await keepPicture(page, `console-refunded-${look}`);
  await page.getByRole('region', { name: 'Payments' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Payment' }).waitFor();
  await page.getByRole('region', { name: 'Refunds' }).getByRole('row').filter({ hasText: '$1.00' }).waitFor();
  await page.getByText('No dispute of this payment.').waitFor();
  await page.getByRole('button', { name: 'Refund' }).click();
  await page.getByText(/^\$1\.00 of \$10\.00 went back already; \$9\.00 can still be given back\.$/).waitFor();
  await inspect(page);
  await keepPicture(page, `console-payment-refunded-${look}`);
  await page.keyboard.press('Escape');
  await openFromMenu(page, look, 'Events');
  await awaitRow(page, 'refund.created');
  await page.getByRole('row').filter({ hasText: 'refund.created' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: /refund/ }).waitFor();
  await awaitRead(page);
  await inspect(page);
  await keepPicture(page, `console-event-${look}`);
});

journey('nobody is offered who is not there, and an id that nobody has used gets credits on purpose', 'unknown', async (page, look) => {
  const { user } = newUser();
  await openConsole(page, 'operator');
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Search' }).fill(user);
  await page.getByRole('status').filter({ hasText: `Nothing is known by “${user}”.` }).waitFor();
  await inspect(page);
  await keepPicture(page, `console-search-nothing-${look}`);
  await page.goto(`${new URL(page.url()).origin}/console/users/${user}`);
  await page.getByText('No user with this id is known yet').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Remove credits' }).count(), 0);
  await page.getByRole('button', { name: 'Add credits' }).click();
  const question = page.getByRole('dialog', { name: 'Add credits to an id that nobody has used?' });
  await question.getByLabel('Credits').fill('25');
  await question.getByLabel('Reason').fill('A welcome');
  await question.getByLabel('The id once more').fill(`${user}x`);
  await question.getByRole('button', { name: 'Add credits' }).click();
  await question.getByText('That is another id').waitFor();
  await inspect(page);
  await keepPicture(page, `console-question-unknown-${look}`);
  await question.getByLabel('The id once more').fill(user);
  await question.getByRole('button', { name: 'Add credits' }).click();
  await page.getByRole('status').filter({ hasText: 'The balance is 25' }).waitFor();
  await page.getByText('No user with this id is known yet').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Remove credits' }).waitFor();
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Search' }).fill(user.slice(0, -1));
  await page.getByRole('option', { name: `User ${user}` }).waitFor();
});

test('everything is reached by keyboard alone', () =>
  asBuyer(
    browser,
    'console-keyboard',
    async (page) => {
      await buyCredits(page);
      await openConsole(page, 'operator');
      await page.keyboard.press('g');
      await page.keyboard.press('e');
      await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
      await awaitRead(page);
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Replay' }).waitFor();
      await tabTo(page, page.getByRole('button', { name: 'Replay' }));
      await page.keyboard.press('Enter');
      const question = page.getByRole('dialog', { name: 'Handle this event again?' });
      await question.waitFor();
      await page.keyboard.press('Escape');
      await question.waitFor({ state: 'detached' });
      await page.keyboard.press('Enter');
      await tabTo(page, question.getByRole('button', { name: 'See what it would do' }));
      await page.keyboard.press('Enter');
      await question.getByRole('status').filter({ hasText: 'It would be' }).waitFor();
      await tabTo(page, question.getByRole('button', { name: 'Replay' }));
      await page.keyboard.press('Enter');
      await page.getByRole('status').filter({ hasText: 'Put back to be handled' }).waitFor();
    },
    looks.desk,
  ));

test('the overview of another time range is there again when the page is loaded anew', () =>
  asBuyer(
    browser,
    'console-reload',
    async (page) => {
      await openConsole(page, 'viewer');
      await page.getByRole('link', { name: '1 year' }).click();
      await awaitRead(page);
      const { origin, pathname } = new URL(page.url());
      for (const address of [page.url(), `${origin}${pathname}/?days=365`]) {
        await page.goto(address);
        await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
        await page.locator('[aria-current="true"]', { hasText: '1 year' }).waitFor();
      }
    },
    looks.desk,
  ));

test('figures in another currency have a page of their own', () =>
  asBuyer(
    browser,
    'console-currency',
    async (page) => {
      await onPlan(newUser(), 'eur');
      await openConsole(page, 'viewer');
      await awaitRead(page);
      const recurring = page.locator('.tile', { hasText: 'Recurring each month' });
      await page.getByRole('navigation', { name: 'Currency' }).getByRole('link', { name: 'EUR' }).click();
      await recurring.getByText('€').first().waitFor();
      await inspect(page);
      await page.getByRole('link', { name: '1 year' }).click();
      await awaitRead(page);
      await recurring.getByText('€').first().waitFor();
    },
    looks.phone,
  ));

test('a viewer sees a user and no way to change anything', () =>
  asBuyer(
    browser,
    'console-viewer',
    async (page) => {
      const { user } = newUser();
      const payload = '<img src=x onerror="document.title=1">';
      await addCredits(user, 5, payload);
      await openConsole(page, 'viewer', `/users/${user}`);
      // A reason is a text, whatever is in it.
      await page.getByText(payload).waitFor();
      assert.equal(await page.getByRole('button', { name: /credits/ }).count(), 0);
    },
    looks.desk,
  ));

test('a page of the console is kept nowhere, and what it loads may be kept', async () => {
  const { origin } = new URL(process.env.SHOP);
  const page = await fetch(`${origin}/console/orders/ord_1`);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.doesNotMatch(page.headers.get('content-security-policy'), /unsafe|https?:/);
  const [script] = /\/console\/assets\/[^"]+\.js/.exec(await page.text());
  const loaded = await fetch(origin + script);
  await loaded.arrayBuffer();
  assert.match(loaded.headers.get('cache-control'), /immutable/);
  assert.equal(loaded.headers.get('content-encoding'), 'gzip');
});

test('whoever has no link is told how to get one', () =>
  asBuyer(
    browser,
    'console-gate',
    async (page) => {
      await page.goto(`${new URL(process.env.SHOP).origin}/console`);
      await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
      await inspect(page);
    },
    { ...looks.phone, ...signedOut },
  ));
