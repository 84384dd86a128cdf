// Whatever others write, the console shows it as a text: every hostile text in every field that somebody else can set, on every page that
// shows it. None runs, none becomes an element, none makes a page wider than its screen, and the policy has nothing to report.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { inspect, looks } from './application.mjs';
import { asBuyer, keepPicture, startBrowser } from './buyer.mjs';
import {
  asAddresses, asClients, asDecisions, asDeliveries, asKeys, asOrders, asReasons, asReceivers, asRefunds, asUsers,
} from './hostile.mjs';
import { asBankFailures, asEvents, asReversals } from './hostile_stripe.mjs';
import { awaitRead, openConsole } from './operator.mjs';
import { hostile } from './payloads.mjs';

/** More pages than any list of this run has. */
const PAGES_MAX = 60;

/** So many of the texts at least can be an address of e-mail; an address has little room before its @. */
const ADDRESSES_MIN = 100;

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** A journey of somebody who would notice if any text did more than stand there. */
function watched(name, story, tell) {
  test(name, () =>
    asBuyer(
      browser,
      `console-hostile-${story}`,
      async (page) => {
        await page.addInitScript(() => {
          window.ran = [];
          for (const way of ['alert', 'confirm', 'prompt', 'print']) window[way] = (what) => window.ran.push(`${way} ${what}`);
          document.addEventListener('securitypolicyviolation', (report) => window.ran.push(`policy: ${report.violatedDirective}`));
        });
        const dialogs = [];
        page.on('dialog', (dialog) => {
          dialogs.push(dialog.message());
          void dialog.dismiss();
        });
        await tell(page);
        assert.deepEqual(await page.evaluate(() => window.ran), [], 'a text has run');
        assert.deepEqual(dialogs, [], 'a text has opened a dialog');
      },
      looks.desk,
    ));
}

/** Goes there as a link would, without loading the page anew: what has run before stays known. */
async function visit(page, path) {
  await page.evaluate((to) => {
    window.history.pushState(null, '', `/console${to}`);
    window.dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await awaitRead(page);
}

/** Everything that is written on the page, after all of it was touched; and whatever no page of the console is made of. */
async function touch(page) {
  const { text, wrong } = await page.evaluate(() => {
    const main = document.querySelector('main');
    for (const element of main.querySelectorAll('*')) {
      for (const what of ['mouseover', 'mouseenter', 'pointerenter', 'focus']) element.dispatchEvent(new MouseEvent(what, { bubbles: true }));
    }
    const foreign = 'script, iframe, object, embed, img, video, audio, base, meta, link, style, template, marquee, math, form:not(dialog form)';
    const found = [...document.querySelectorAll(`main :is(${foreign})`)];
    const marked = [...main.querySelectorAll('*')].filter(({ attributes }) =>
      [...attributes].some(({ name, value }) => name.startsWith('on') || (name !== 'title' && /^\s*(javascript|data):/i.test(value) && name === 'href')),
    );
    return { text: document.body.textContent, wrong: [...found, ...marked].map(({ outerHTML }) => outerHTML.slice(0, 200)) };
  });
  assert.deepEqual(wrong, [], `a text has become an element on ${page.url()}`);
  return text;
}

/** How a code of Stripe's is said: as it came, but for its case and its underscores. */
const asCode = (text) => text.replaceAll('_', ' ').toLowerCase();

/** Each of these pages shows each of its texts. */
async function showsAll(page, pages) {
  for (const [path, texts] of pages) {
    await visit(page, path);
    const shown = await touch(page);
    for (const text of texts) assert.ok(shown.includes(text), `${path} does not show ${JSON.stringify(text)}`);
  }
}

/** Reads a list to its end, and answers all that is written in it. */
async function readList(page, path) {
  await visit(page, path);
  let all = '';
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    all += `${await touch(page)}\n`;
    const next = page.locator('main').getByRole('button', { name: 'Next' }).first();
    if ((await next.count()) === 0) return all;
    const before = page.url();
    await next.click();
    await page.waitForURL((url) => url.href !== before);
    await awaitRead(page);
  }
  assert.fail(`${path} does not come to an end`);
}

/** A phone's screen is no wider for it. */
async function fits(page, path, name) {
  await page.setViewportSize(looks.phone.viewport);
  await visit(page, path);
  await inspect(page);
  await keepPicture(page, `console-hostile-${name}-phone`);
  await page.setViewportSize(looks.desk.viewport);
  await keepPicture(page, `console-hostile-${name}-desk`);
}

const wide = 'x'.repeat(200);

test('there are as many as were promised', () => assert.ok(new Set(hostile).size >= 120));

watched('as the names of users and the reasons of credits', 'users', async (page) => {
  const pages = [...(await asUsers()), ...(await asClients())];
  await openConsole(page, 'viewer');
  await showsAll(page, pages);
  const users = await readList(page, '/users');
  const ledger = await readList(page, '/ledger?code=add');
  for (const text of hostile) {
    assert.ok(users.includes(text), `the list of users lacks ${JSON.stringify(text)}`);
    assert.ok(ledger.includes(`credits:wallet:${text}`), `the ledger lacks ${JSON.stringify(text)}`);
  }
  for (const text of hostile.slice(0, 20)) {
    await visit(page, `/users?search=${encodeURIComponent(`${text}nobody`)}`);
    assert.ok((await touch(page)).includes(`${text}nobody`));
  }
  await fits(page, `/users/${encodeURIComponent(wide)}`, 'user');
  await fits(page, '/users?search=%3C', 'users');
  await fits(page, '/ledger?code=add', 'ledger');
});

watched('as addresses of e-mail, and as reasons of all that is done with credits', 'reasons', async (page) => {
  const [addresses, [history, reasons]] = [await asAddresses(), await asReasons()];
  assert.ok(addresses.length >= ADDRESSES_MIN, `only ${addresses.length} of the texts may be in an address`);
  await openConsole(page, 'viewer');
  await showsAll(page, addresses);
  const shown = await readList(page, history);
  for (const text of reasons) assert.ok(shown.includes(text), `the history lacks ${JSON.stringify(text)}`);
  await fits(page, addresses[0][0], 'addresses');
  await fits(page, history, 'history');
});

watched('in what is said of refunds, of what was delivered, and of what a bank sent back', 'answers', async (page) => {
  const pages = [...(await asDecisions()).pages, ...(await asDeliveries())];
  const { builder, said } = await asBankFailures();
  await openConsole(page, 'viewer');
  await showsAll(page, pages);
  const payouts = `/users/${builder.user}?show=earnings`;
  const shown = await readList(page, payouts);
  for (const text of said) assert.ok(shown.includes(text), `the payouts lack ${JSON.stringify(text)}`);
  await fits(page, payouts, 'payouts');
});

/** Those whom it is said of see it in their account: all these texts in the list, to its end. */
async function toldInAccount(page, { token }, path, list, texts) {
  await page.goto(`${new URL(process.env.SHOP).origin}/account${path}#token=${token}`);
  const rows = page.locator(`${list} li`);
  await rows.first().waitFor();
  for (let more = page.locator(list).getByRole('button', { name: 'Show more' }); await more.count(); ) {
    const before = await rows.count();
    await more.click();
    await rows.nth(before).waitFor();
  }
  const shown = await touch(page);
  for (const text of texts) assert.ok(shown.includes(text), `the account does not show ${JSON.stringify(text)}`);
  for (const { viewport } of Object.values(looks)) {
    await page.setViewportSize(viewport);
    await inspect(page);
  }
}

watched('in what a bank said, to the builder whose money came back', 'builder', async (page) => {
  const { builder, said } = await asBankFailures();
  // A word of Stripe's is shown without its underscores where nothing else was said.
  await toldInAccount(page, builder, '/earnings', '.pd-bank-payouts', [...said, ...said.map((text) => text.replaceAll('_', ' '))]);
});

watched('in why a refund was declined, to the user who asked for it', 'declined', async (page) => {
  const { asker, told } = await asDecisions();
  await toldInAccount(page, asker, '/payments', '.pd-refunds', told);
});

watched('as the names of keys, in orders, in refunds and in what is asked back', 'texts', async (page) => {
  const orders = await asOrders();
  const pages = [...(await asKeys()), ...orders, ...(await asRefunds())];
  await openConsole(page, 'operator');
  for (const [path, texts] of pages) {
    await visit(page, path);
    const shown = path.includes('show=keys') ? await readList(page, path) : await touch(page);
    for (const text of texts) assert.ok(shown.includes(text), `${path} does not show ${JSON.stringify(text)}`);
  }
  for (const list of ['/orders', '/refunds', '/refund-requests', '/payments', '/bookings']) await readList(page, list);
  await fits(page, orders[0][0], 'order');
  await fits(page, '/refund-requests', 'requests');
});

watched('in events, in disputes, failed refunds and warnings of fraud, and in what receivers of webhooks answer', 'events', async (page) => {
  const receivers = await asReceivers();
  const [events, reversals] = [await asEvents(), await asReversals()];
  const name = hostile.find((text) => text.startsWith('<img'));
  await openConsole(page, 'operator', undefined, name);
  await page.getByRole('banner').getByText(name).waitFor();
  await showsAll(page, events);
  await showsAll(page, receivers.pages);
  await readList(page, '/events');
  for (const reversal of reversals) await appears(page, reversal);
  for (const list of ['/disputes', '/refunds', '/fraud-warnings']) await readList(page, list);
  await appears(page, receivers.delivery);
  receivers.close();
  await fits(page, '/events', 'events');
  await fits(page, '/fraud-warnings', 'warnings');
  await fits(page, events.find(([path]) => path.includes(encodeURIComponent(wide)))?.[0] ?? events[0][0], 'event');
});

/** How often somebody looks again for what is told a little later. */
const LOOKS_MAX = 60;

/** The page shows these texts, now or when the worker and the courier have done what they are at. */
async function appears(page, [path, texts, how]) {
  let shown = '';
  for (let looked = 0; looked < LOOKS_MAX; looked += 1) {
    // What is shown already is read anew by whoever comes back to it.
    await visit(page, '/users');
    await visit(page, path);
    shown = await touch(page);
    const has = (text) => (how === 'as a code' ? asCode(shown).includes(asCode(text)) : shown.includes(text));
    if (texts.every(has)) return;
  }
  assert.fail(`${path} does not show ${JSON.stringify(texts)}, but ${shown}`);
}
