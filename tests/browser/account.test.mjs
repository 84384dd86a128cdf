// A user's account, as the binary serves it, against a real paydesk: on a phone and at a desk, by keyboard, read by axe wherever
// something new is shown. A report of the policy fails the journey it came in, as any complaint of the browser does.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { awaitBalance, awaitBeginning, book, earnByOrder, inspect, looks, makeAvailable, newUser, press, tabTo, type, userNamed } from './application.mjs';
import { asBuyer, awaitSuccess, cards, keepPicture, openShop, pay, startBrowser } from './buyer.mjs';
import { payOut, someClient, steer } from './seeding.mjs';

const { origin } = new URL(process.env.SHOP);

/** The browser writes a line of its own about an answer of 401, which is how nobody is told to be signed in. */
const signedOut = { expectedComplaint: /status of 401/ };

/** How often somebody looks again whether Stripe has told. */
const LOOKS_MAX = 40;

/** How many rows a list begins with. */
const PAGE = 20;

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** One journey, made with every look. */
function journey(name, story, tell, more = {}) {
  for (const [look, options] of Object.entries(looks)) {
    const where = look === 'phone' ? 'on a phone' : 'at a desk';
    test(`${name}, ${where}`, () => asBuyer(browser, `account-${story}-${look}`, (page) => tell(page, look), { ...options, ...more }));
  }
}

/** Comes from the application, with the token that it gave. */
async function openAccount(page, { token } = newUser(), path = '') {
  await page.goto(`${origin}/account${path}#token=${token}`);
  await awaitShown(page);
  assert.ok(!page.url().includes('token'), 'the token stays in the address bar');
}

async function awaitShown(page) {
  await page.locator('h1').waitFor();
  await page.waitForFunction(() => document.querySelector('[data-state]') !== null && document.querySelector('[data-state="loading"]') === null);
}

/** Goes to another page of the account. */
async function go(page, name) {
  const link = page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name, exact: true });
  await tabTo(page, link);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await awaitShown(page);
}

async function payFor(page) {
  await page.waitForSelector('#payment-form');
  await pay(page, cards.good);
  await page.waitForURL(`${origin}/account**`);
  await awaitShown(page);
}

journey('a buyer comes from the application, buys credits while another tab looks, and asks for the money back', 'credits', async (page, look) => {
  const ada = newUser();
  await openAccount(page, ada);
  await awaitBalance(page, 0);
  await inspect(page);
  await keepPicture(page, `account-start-${look}`);

  const other = await page.context().newPage();
  await other.goto(`${origin}/account`);
  await press(other, 'Buy 100 credits $10.00');
  await payFor(other);
  await other.getByRole('status').filter({ hasText: 'Thank you' }).waitFor();
  await awaitBalance(other, 100);
  // The first page was not touched: it was told.
  await page.bringToFront();
  await awaitBalance(page, 100);
  await page.locator('.pd-history tr[data-code="grant"]').waitFor();

  await go(page, 'Payments');
  await press(page, 'Ask for a refund of Starter pack');
  const question = page.getByRole('dialog');
  await type(page, 'Why do you want your money back?', 'It was a mistake.');
  await inspect(page);
  await keepPicture(page, `account-refund-${look}`);
  await press(page, 'Ask for a refund', question);
  await page.locator('.pd-refunds [data-status="refunded"]').waitFor();
  await inspect(page);
  await keepPicture(page, `account-payments-${look}`);
  await go(page, 'Credits');
  await awaitBalance(page, 0);
});

journey('a session is booked and paid for, and its confirmation is seen', 'booking', async (page, look) => {
  await makeAvailable('grace');
  await openAccount(page, newUser(), '/bookings');
  await page.getByText('You have not booked anything yet.').waitFor();
  await press(page, 'Next month');
  const free = page.locator('.pd-day:not([aria-disabled])');
  await free.first().waitFor();
  await free.last().click();
  await tabTo(page, page.locator('.pd-slots input').first());
  await page.keyboard.press('Space');
  await inspect(page);
  await keepPicture(page, `account-booking-${look}`);
  await press(page, /^Book and pay /);
  await payFor(page);
  await page.locator('.pd-booked[data-status="confirmed"]', { hasText: 'Mix session' }).waitFor();
  await inspect(page);
});

/** Picks the first time of the first free day of next month, by keyboard. */
async function pickTime(page, question) {
  await press(page, 'Next month', question);
  const free = question.locator('.pd-day:not([aria-disabled])').first();
  await free.waitFor();
  await tabTo(page, question.locator('.pd-day[tabindex="0"]'));
  while (!(await free.evaluate((day) => day === document.activeElement))) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await tabTo(page, question.locator('.pd-slots input').first());
  await page.keyboard.press('Space');
  await question.getByText(/^It moves to /).waitFor();
}

journey('a booking is moved; where somebody was faster, to a time that is offered instead', 'move', async (page, look) => {
  const { booking, ...ada } = await someClient();
  await openAccount(page, ada, '/bookings');
  const booked = page.locator(`[data-booking="${booking.booking_id}"]`);
  await press(page, 'Move Mix session to another time', booked);
  const question = page.getByRole('dialog', { name: 'Move Mix session to another time' });
  await pickTime(page, question);
  const wanted = await question.locator('.pd-slots input:checked').getAttribute('value');
  await inspect(page);
  await keepPicture(page, `account-move-${look}`);

  await book(newUser().token, 'mix-session', wanted);
  await press(page, 'Move', question);
  await question.getByRole('alert').waitFor();
  await inspect(page);
  await keepPicture(page, `account-move-taken-${look}`);
  await tabTo(page, question.locator('.pd-alternatives button').first());
  await page.keyboard.press('Enter');
  await question.getByRole('alert').waitFor({ state: 'detached' });
  await press(page, 'Move', question);
  await page.getByText(/^The booking has moved to /).waitFor();
  // The list may be read once more by then, because the server tells of it too.
  const moved = booked.locator(`time:not([datetime="${booking.starts_at}"])`);
  await moved.waitFor();
  assert.notEqual(Date.parse(await moved.getAttribute('datetime')), Date.parse(wanted));
  await inspect(page);
}, { expectedComplaint: /status of 409/ });

journey('a client moves a booking to another session of its builder, and gets back what it costs less', 'move-session', async (page, look) => {
  const { booking, ...ada } = await someClient();
  await openAccount(page, ada, '/bookings');
  const booked = page.locator(`[data-booking="${booking.booking_id}"]`);
  await press(page, 'Move Mix session to another time', booked);
  const question = page.getByRole('dialog', { name: 'Move Mix session to another time' });
  const session = question.getByLabel('Session');
  await tabTo(page, session);
  await page.keyboard.press('ArrowDown');
  assert.equal(await session.inputValue(), 'quick-check');
  await question.getByText('It costs less: $30.00 of what was paid goes back.').waitFor();
  await pickTime(page, question);
  await inspect(page);
  await keepPicture(page, `account-move-session-asked-${look}`);

  await press(page, 'Move', question);
  await page.getByText(/^The booking has moved to /).waitFor();
  await booked.getByText('Quick check').waitFor();
  await booked.getByText('$30.00 given back').waitFor();
  await inspect(page);
});

journey('a client moves a booking to a session that costs more, and pays the difference', 'move-dearer', async (page, look) => {
  const { booking, ...ada } = await someClient();
  await openAccount(page, ada, '/bookings');
  const booked = page.locator(`[data-booking="${booking.booking_id}"]`);
  await press(page, 'Move Mix session to another time', booked);
  const question = page.getByRole('dialog', { name: 'Move Mix session to another time' });
  const session = question.getByLabel('Session');
  await tabTo(page, session);
  await page.keyboard.press('End');
  assert.equal(await session.inputValue(), 'whole-record');
  await question.getByText('It costs $30.00 more. The booking moves once that is paid.').waitFor();
  await pickTime(page, question);
  await inspect(page);
  await keepPicture(page, `account-move-dearer-asked-${look}`);

  await press(page, 'Pay $30.00 and move', question);
  await page.getByText('Whole record: the difference').waitFor();
  await payFor(page);
  await booked.getByText('Whole record').waitFor();
  await booked.getByText('$90.00').waitFor();
  await inspect(page);
});

/** Gets an address for the calendar, copies it, and replaces it: the one before leads nowhere then. */
async function followByCalendar(page, name) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const question = page.getByRole('dialog', { name: 'A new address for your calendar' });
  const secret = page.locator('.pd-secret');
  const address = () => secret.locator('code').textContent();
  await press(page, 'Get an address');
  await question.waitFor();
  await inspect(page);
  await keepPicture(page, `account-feed-asked-${name}`);
  await press(page, 'Get an address', question);
  await secret.waitFor();
  const first = await address();
  assert.match(await (await fetch(first)).text(), /^BEGIN:VCALENDAR/);
  await press(page, 'Copy', secret);
  await secret.getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), first);
  await inspect(page);
  await keepPicture(page, `account-feed-made-${name}`);

  await press(page, 'Replace the address');
  await press(page, 'Get an address', question);
  await page.waitForFunction((before) => document.querySelector('.pd-secret code')?.textContent !== before, first);
  assert.equal((await fetch(first)).status, 404);
  const second = await address();
  assert.equal((await fetch(second)).status, 200);
  await page.reload();
  await awaitShown(page);
  assert.equal(await secret.count(), 0, 'an address is shown once');

  const end = page.getByRole('dialog', { name: 'Stop your calendar' });
  await press(page, 'Stop the calendar');
  await end.waitFor();
  await inspect(page);
  await press(page, 'Stop the calendar', end);
  await page.getByRole('button', { name: 'Get an address' }).waitFor();
  assert.equal((await fetch(second)).status, 404);
}

journey('a client gets an address for their calendar, and replaces it', 'feed', async (page, look) => {
  await openAccount(page, newUser(), '/bookings');
  await followByCalendar(page, look);
});

journey('a builder gets an address for their calendar, and replaces it', 'builder-feed', async (page, look) => {
  await openAccount(page, userNamed('grace'), '/sessions');
  await followByCalendar(page, `builder-${look}`);
});

journey('a builder cannot note that a client did not come before it has begun', 'no-show', async (page, look) => {
  const { booking } = await someClient();
  await awaitBeginning(page, booking);
  await openAccount(page, userNamed('grace'), '/sessions');
  await press(page, 'Client did not come to Mix session?', page.locator(`[data-booking="${booking.booking_id}"]`));
  const question = page.getByRole('dialog', { name: 'Client did not come to Mix session?' });
  await inspect(page);
  await press(page, 'Client did not come', question);
  await question.getByRole('alert').waitFor();
  await inspect(page);
  await keepPicture(page, `account-no-show-${look}`);
}, { expectedComplaint: /status of 409/ });

/** What is sent to their bank: more than fits on a page, one that arrives and one that the bank sends back. */
async function seePayouts(page, builder, look) {
  const section = page.getByRole('region', { name: 'Sent to your bank' });
  await section.getByText('Nothing was sent to your bank yet.').waitFor();
  const { payouts, sandbox } = await payOut(builder, Array(PAGE + 1).fill(120));
  // The list's own order among those that were made at once.
  const [failed, arrived, ...others] = payouts.sort((one, other) => other.created - one.created || (one.id < other.id ? 1 : -1));
  await steer(sandbox, `/payouts/${arrived.id}/settle`, { outcome: 'paid' });
  await steer(sandbox, `/payouts/${failed.id}/settle`, { outcome: 'failed' });
  const row = ({ id }, status) => section.locator(`[data-payout="${id}"][data-status="${status}"]`);
  const last = others.at(-1);
  const sentBack = row(failed, 'failed');
  for (let times = 0; times < LOOKS_MAX && (await sentBack.count()) === 0; times += 1) {
    await page.reload();
    await awaitShown(page);
  }
  await sentBack.getByText('The bank sent the money back.').waitFor();
  await sentBack.getByText('Mend your bank details there').waitFor();
  await sentBack.getByText('$1.20').waitFor();
  await row(arrived, 'paid').getByText(/^At your bank on /).waitFor();
  assert.equal(await row(last, 'pending').count(), 0, 'the last one is on the next page');
  await press(page, 'Show more', section);
  await row(last, 'pending').getByText(/^Arrives on /).waitFor();
  await inspect(page);
  await keepPicture(page, `account-bank-payouts-${look}`);
}

journey('somebody who earns sets up payouts at Stripe, and sees what they earned', 'earnings', async (page, look) => {
  const [bo, ada] = [newUser(), newUser()];
  await openAccount(page, bo, '/earnings');
  await page.getByText('You have not earned anything yet.').waitFor();
  await inspect(page);
  await press(page, 'Set up payouts');
  await page.fill('#first_name', 'Bo');
  await page.fill('#last_name', 'Example');
  await page.fill('#bank_account', '000123456789');
  await page.click('#submit');
  await page.waitForURL(`${origin}/account/earnings`);
  const enabled = page.locator('[data-account="enabled"]');
  await awaitShown(page);
  // Stripe tells of it in its own time.
  for (let times = 0; times < LOOKS_MAX && (await enabled.count()) === 0; times += 1) {
    await page.reload();
    await page.locator('[data-account]').waitFor();
  }
  await enabled.getByText('You can be paid.').waitFor();

  const buyer = await page.context().newPage();
  await earnByOrder(ada, bo, async (url) => {
    await buyer.goto(url);
    await buyer.waitForSelector('#payment-form');
    await pay(buyer, cards.good);
    await awaitSuccess(buyer);
  });
  await buyer.close();
  await page.reload();
  await page.locator('.pd-earnings [data-status="open"]', { hasText: '$34.30' }).first().waitFor();
  await inspect(page);
  await keepPicture(page, `account-earnings-${look}`);
  await seePayouts(page, bo, look);
}, { expectedComplaint: /status of 404/ });

journey('a builder says when they are there, and sees who booked them', 'builder', async (page, look) => {
  await makeAvailable('grace');
  await openAccount(page, userNamed('grace'), '/sessions');
  await page.getByLabel('Monday from').first().waitFor();
  await inspect(page);
  await page.getByLabel('Another day off').fill('2031-12-24');
  await press(page, 'Add day off');
  await press(page, 'Save');
  await page.getByText('Saved. What is booked stays booked.').waitFor();
  await page.reload();
  await press(page, 'Remove 2031-12-24');
  await press(page, 'Save');
  await page.getByText('Saved. What is booked stays booked.').waitFor();
  await inspect(page);
  await keepPicture(page, `account-sessions-${look}`);
  await go(page, 'Earnings');
}, { expectedComplaint: /status of 404/ });

journey('every page is there, and signing out ends it', 'pages', async (page, look) => {
  await openAccount(page);
  for (const name of ['Plan', 'Bookings', 'Orders', 'API keys', 'Payments']) {
    await go(page, name);
    await inspect(page);
    await keepPicture(page, `account-${name.toLowerCase().replaceAll(' ', '-')}-${look}`);
  }
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  await inspect(page);
  await keepPicture(page, `account-gate-${look}`);
}, signedOut);

test('a token that is not good leads nowhere, and another user of the same browser sees nothing of the first', () =>
  asBuyer(
    browser,
    'account-strangers',
    async (page) => {
      const [ada, bob] = [newUser(), newUser()];
      await openAccount(page, ada);
      await page.locator('.who', { hasText: ada.user }).waitFor();
      // A link that somebody else sent takes nobody's place unasked.
      await page.goto(`${origin}/account#token=${bob.token}`);
      await page.getByRole('heading', { name: 'Whose account do you want to see?' }).waitFor();
      await inspect(page);
      await keepPicture(page, 'account-asking');
      await page.getByRole('button', { name: `Stay signed in as ${ada.user}` }).click();
      await awaitShown(page);
      await page.goto('about:blank');
      await page.goto(`${origin}/account#token=${bob.token}`);
      await page.getByRole('button', { name: `Change to ${bob.user}` }).click();
      await page.locator('.who', { hasText: bob.user }).waitFor();
      await page.goto(`${origin}/account#token=${bob.token.slice(0, -4)}AAAA`);
      await page.getByRole('heading', { name: 'This way into your account does not work any more' }).waitFor();
    },
    { ...looks.phone, ...signedOut },
  ));

test('the shop of the sandbox leads its buyer to the account', () =>
  asBuyer(
    browser,
    'account-from-shop',
    async (page) => {
      const owned = await openShop(page);
      await page.getByRole('link', { name: 'Your account' }).click();
      await awaitBalance(page, owned);
      await inspect(page);
      await page.getByRole('link', { name: 'Back to the shop' }).click();
      await page.getByRole('link', { name: 'Your account' }).waitFor();
    },
    looks.desk,
  ));

test('the page is kept nowhere, and lets nothing from elsewhere in', async () => {
  const page = await fetch(`${origin}/account/payments`);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.doesNotMatch(page.headers.get('content-security-policy'), /unsafe|https?:/);
});
