// The lists of the console with something in them: found, narrowed down, turned page by page, and followed to the last detail; on a
// phone and at a desk.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { awaitBeginning, book, inspect, looks, newUser, press, tabTo } from './application.mjs';
import { asBuyer, keepPicture, startBrowser } from './buyer.mjs';
import { awaitRead, awaitRow, openConsole, openFromMenu } from './operator.mjs';
import { giveEvidence, manyUsers, onPlan, someBuilder, someClient, someDisputer, someSubscriber } from './seeding.mjs';

/** As many as stand on a page. */
const PAGE = 25;

/** Where the list of disputes says until when evidence is due. */
const COLUMN_DUE = 4;

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

/** What is there is right, and kept for whoever wants to see it. */
async function look(page, name) {
  await awaitRead(page);
  await inspect(page);
  await keepPicture(page, `console-${name}`);
}

async function narrow(page, label, text) {
  await page.getByRole('search').getByLabel(label).fill(text);
  await page.keyboard.press('Enter');
  await awaitRead(page);
}

const rows = (page) => page.locator('main tbody tr');

async function awaitRows(page, count) {
  await page.waitForFunction((wanted) => document.querySelectorAll('main tbody tr').length === wanted, count);
  await awaitRead(page);
}

journey('a list is turned page by page, and the way back leads to where one was', 'pages', async (page, size) => {
  const begin = await manyUsers(PAGE + 2);
  await openConsole(page, 'viewer', '/users');
  await narrow(page, 'Id begins with, or e-mail', begin);
  await awaitRows(page, PAGE);
  await look(page, `users-found-${size}`);
  await page.getByRole('button', { name: 'Next' }).click();
  await awaitRows(page, 2);
  assert.equal(await page.getByRole('button', { name: 'Next' }).count(), 0, 'there is no third page');
  await rows(page).first().getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'User' }).waitFor();
  await page.goBack();
  await awaitRows(page, 2);
  await page.getByRole('button', { name: 'First page' }).click();
  await awaitRows(page, PAGE);
  await narrow(page, 'Id begins with, or e-mail', `${begin}nobody`);
  await page.getByText('Nobody. No id begins with').waitFor();
  await look(page, `users-nobody-${size}`);
  await page.getByRole('button', { name: 'Clear' }).click();
  await awaitRows(page, PAGE);
});

journey('from a user to their payment, its purchase, what it moved in the ledger and the event behind it', 'follow', async (page, size) => {
  const { user, purchase } = await someSubscriber();
  await openConsole(page, 'viewer', '/users');
  await narrow(page, 'Id begins with, or e-mail', `${user}@example.org`);
  await rows(page).first().getByRole('link', { name: user }).click();
  await page.getByRole('list', { name: 'What happened' }).getByText('Payment').first().waitFor();
  await look(page, `user-timeline-${size}`);
  for (const tab of ['Purchases', 'Credits', 'Subscriptions', 'Orders', 'Bookings', 'Earnings', 'Refunds', 'API keys']) {
    await page.getByRole('navigation', { name: 'About this user' }).getByRole('link', { name: tab, exact: true }).click();
    await page.getByRole('region', { name: tab }).waitFor();
    await look(page, `user-${tab.toLowerCase().replaceAll(' ', '-')}-${size}`);
  }
  await openFromMenu(page, size, 'Payments');
  await narrow(page, 'User', user);
  await look(page, `payments-found-${size}`);
  await rows(page).filter({ hasText: '$20.00' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Payment' }).waitFor();
  await look(page, `payment-detail-${size}`);
  await page.getByRole('link', { name: purchase }).click();
  await page.getByRole('heading', { level: 1, name: 'Purchase' }).waitFor();
  await look(page, `purchase-${size}`);
  await openFromMenu(page, size, 'Ledger');
  await page.getByRole('search').getByLabel('What').selectOption('grant');
  await awaitRow(page, '200 credits');
  await look(page, `ledger-${size}`);
  await rows(page).filter({ hasText: '200 credits' }).first().getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Grant' }).waitFor();
  await page.getByRole('region', { name: 'Both sides' }).getByText(`credits:wallet:${user}`).waitFor();
  await look(page, `transfer-${size}`);
});

journey('a subscription is one purchase, and leads to what was paid for it', 'plan', async (page, size) => {
  const { user } = await onPlan();
  await openConsole(page, 'viewer', `/users/${user}?show=purchases`);
  await awaitRow(page, 'pro-monthly');
  assert.equal(await rows(page).count(), 1, 'the subscription was bought once');
  await rows(page).first().getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Purchase' }).waitFor();
  const paid = page.getByRole('region', { name: 'Invoices paid for its subscription' });
  await paid.getByRole('row').filter({ hasText: 'Succeeded' }).waitFor();
  await look(page, `purchase-of-plan-${size}`);
  await paid.getByRole('link', { name: /^in_/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Paid invoice' }).waitFor();
  await page.getByRole('region', { name: 'Payments' }).getByRole('row').filter({ hasText: 'Succeeded' }).waitFor();
  await look(page, `paid-invoice-${size}`);
  await page.getByRole('link', { name: user.slice(0, 10) }).click();
  const happened = page.getByRole('list', { name: 'What happened' });
  await happened.getByText('Bought and paid for').first().waitFor();
  for (const [what, times] of [['Purchase', 1], ['Invoice', 1], ['Payment', 0]]) {
    assert.equal(await happened.getByRole('link', { name: what, exact: true }).count(), times, what);
  }
  await look(page, `user-of-plan-${size}`);
});

journey('a subscription is found, ended with its period, and goes on', 'subscription', async (page, size) => {
  const { user } = await someSubscriber();
  await openConsole(page, 'operator', `/subscriptions?user_id=${user}`);
  await awaitRow(page, 'pro-monthly');
  await look(page, `subscriptions-found-${size}`);
  await rows(page).first().getByRole('link', { name: 'pro-monthly' }).click();
  await page.getByRole('heading', { level: 1, name: 'Subscription' }).waitFor();
  await page.getByRole('button', { name: 'End', exact: true }).click();
  const question = page.getByRole('dialog', { name: 'End this subscription?' });
  await inspect(page);
  await question.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'It ends with the period' }).waitFor();
  await page.getByRole('button', { name: 'Let it go on' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Let it go on' }).click();
  await page.getByRole('status').filter({ hasText: 'It goes on' }).waitFor();
  await look(page, `subscription-${size}`);
});

journey('a dispute says until when evidence is due, and that it is won', 'dispute', async (page, size) => {
  const { user, sandbox } = await someDisputer();
  await openConsole(page, 'operator');
  await openFromMenu(page, size, 'Disputes');
  await narrow(page, 'User', user);
  await awaitRow(page, 'Needs response');
  const days = (moment) => (Date.parse(moment) - Date.now()) / 86_400_000;
  const due = await rows(page).first().locator('td').nth(COLUMN_DUE).locator('time').getAttribute('datetime');
  assert.ok(days(due) > 6 && days(due) < 22, `evidence is due ${due}`);
  await look(page, `disputes-found-${size}`);
  await rows(page).first().getByRole('link', { name: '$10.00' }).click();
  await page.getByRole('heading', { level: 1, name: 'Dispute', exact: true }).waitFor();
  await page.getByText('Evidence due').waitFor();
  assert.equal(await page.locator(`main time[datetime="${due}"]`).count(), 1, 'the page says what the list said');
  // Where Stripe's dashboard would be led to.
  await page.getByRole('region', { name: 'Answering it' }).getByText('the dispute is answered in the sandbox').waitFor();
  await look(page, `dispute-open-${size}`);
  await giveEvidence(sandbox, new URL(page.url()).pathname.split('/').at(-1));
  await page.goBack();
  await awaitRow(page, 'Won');
  await rows(page).first().getByRole('link', { name: '$10.00' }).click();
  await page.getByText('Won', { exact: true }).waitFor();
});

journey('a booking is found by its client, and cancelled with the money back', 'booking', async (page, size) => {
  const { user } = await someClient();
  await openConsole(page, 'operator', `/bookings?user_id=${user}`);
  await awaitRow(page, 'mix-session');
  await look(page, `bookings-found-${size}`);
  await rows(page).first().getByRole('link', { name: 'mix-session' }).click();
  await page.getByRole('heading', { level: 1, name: 'Booking' }).waitFor();
  await page.getByText('Confirmed').waitFor();
  await look(page, `booking-${size}`);
  await page.getByRole('button', { name: 'Cancel booking' }).click();
  await page.getByRole('dialog', { name: 'Cancel this booking?' }).getByRole('button', { name: 'Cancel booking' }).click();
  await page.getByRole('status').filter({ hasText: 'The booking is' }).waitFor();
  await look(page, `booking-cancelled-${size}`);
});

/** The page of somebody's booking, reached by the list. */
async function openBooking(page, { user }) {
  await openConsole(page, 'operator', `/bookings?user_id=${user}`);
  await awaitRow(page, 'mix-session');
  await rows(page).first().getByRole('link', { name: 'mix-session' }).click();
  await page.getByRole('heading', { level: 1, name: 'Booking' }).waitFor();
}

journey('a booking is moved; where somebody was faster, to a time that is offered instead', 'booking-move', async (page, size) => {
  await openBooking(page, await someClient());
  await press(page, 'Move booking');
  const question = page.getByRole('dialog', { name: 'Move this booking to another time?' });
  const times = question.getByLabel('Time');
  await tabTo(page, question.getByLabel('Day'));
  await page.keyboard.press('ArrowDown');
  await look(page, `booking-move-${size}`);
  const wanted = await times.inputValue();
  await book(newUser().token, 'mix-session', wanted);
  await press(page, 'Move booking', question);
  await question.getByRole('alert').waitFor();
  const offered = question.getByRole('group', { name: 'These times are free' }).getByRole('button').first();
  await offered.waitFor();
  await look(page, `booking-move-taken-${size}`);
  assert.equal(await times.inputValue(), '', 'nothing is chosen unasked');
  await tabTo(page, offered);
  await page.keyboard.press('Enter');
  assert.ok(!['', wanted].includes(await times.inputValue()));
  await press(page, 'Move booking', question);
  await page.getByRole('status').filter({ hasText: 'Moved to' }).waitFor();
  await look(page, `booking-moved-${size}`);
}, { expectedComplaint: /status of 409/ });

journey('that a client did not come cannot be noted before it has begun', 'booking-no-show', async (page, size) => {
  const client = await someClient();
  await awaitBeginning(page, client.booking);
  await openBooking(page, client);
  await press(page, 'Client did not come');
  const question = page.getByRole('dialog', { name: 'Did the client not come?' });
  await press(page, 'Client did not come', question);
  await question.getByRole('alert').waitFor();
  await look(page, `booking-no-show-${size}`);
}, { expectedComplaint: /status of 409/ });

journey('a connected account is found, and what its owner earned', 'payouts', async (page, size) => {
  const { user } = await someBuilder();
  await openConsole(page, 'viewer', '/payouts');
  const account = rows(page).getByRole('link', { name: user });
  await page.getByRole('search').getByLabel('Status').selectOption('onboarding');
  await awaitRow(page, 'Onboarding');
  while ((await account.count()) === 0) {
    const before = page.url();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.waitForURL((url) => url.href !== before);
    await awaitRead(page);
  }
  await look(page, `payouts-found-${size}`);
  await account.click();
  await page.getByRole('region', { name: 'Connected account' }).getByText('Onboarding').waitFor();
  await page.getByText('Stripe has sent nothing to their bank.').waitFor();
  await look(page, `user-earnings-found-${size}`);
  await openFromMenu(page, size, 'Payouts');
  await page.getByRole('navigation', { name: 'Payouts' }).getByRole('link', { name: 'Transfers' }).click();
  await page.getByText('No transfer.').waitFor();
  await look(page, `payouts-transfers-${size}`);
});

journey('an event tells what came of it, from Stripe to the last who was told', 'event', async (page, size) => {
  await someSubscriber();
  await openConsole(page, 'viewer', '/events?type=invoice.paid');
  await awaitRow(page, 'Processed');
  await rows(page).filter({ hasText: 'Processed' }).first().getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'invoice.paid' }).waitFor();
  const happened = page.getByRole('list', { name: 'What happened' });
  for (const what of ['Happened at Stripe', 'Came, and was kept', 'Handled']) await happened.getByText(what).waitFor();
  await look(page, `event-timeline-${size}`);
});

journey('what is not there is said, and so is what is wrong', 'absent', async (page, size) => {
  await openConsole(page, 'viewer', '/payments/pi_none');
  await page.getByRole('alert').waitFor();
  for (const path of ['/purchases/pur_none', '/subscriptions/sub_none', '/ledger/4711000', '/ledger/nothing', '/payments?after=pi_none']) {
    await page.goto(`${new URL(process.env.SHOP).origin}/console${path}`);
    await page.getByRole('alert').waitFor();
    await inspect(page);
  }
  await keepPicture(page, `console-wrong-${size}`);
}, { expectedComplaint: /status of 40[04]/ });

test('lists are gone through by keyboard alone', () =>
  asBuyer(
    browser,
    'console-lists-keyboard',
    async (page) => {
      await someSubscriber();
      await openConsole(page, 'viewer');
      for (const [letter, name, detail] of [['p', 'Payments', 'Payment'], ['s', 'Subscriptions', 'Subscription'], ['u', 'Users', 'User']]) {
        await page.keyboard.press('g');
        await page.keyboard.press(letter);
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
        await awaitRow(page);
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { level: 1, name: detail, exact: true }).waitFor();
      }
    },
    looks.desk,
  ));
