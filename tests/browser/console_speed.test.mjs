// How long it takes from a click to another page of the console that shows all it has read, by the browser's own clock. What is
// measured is said and not judged: how fast a machine is that runs this nobody knows.

import { after, before, test } from 'node:test';

import { looks } from './application.mjs';
import { asBuyer, startBrowser } from './buyer.mjs';
import { awaitRead, openConsole } from './operator.mjs';
import { manyUsers, someSubscriber } from './seeding.mjs';

const ROUNDS = 8;
const NAMES = ['Users', 'Payments', 'Subscriptions', 'Refunds', 'Payouts', 'Orders', 'Bookings', 'Ledger', 'Events', 'Webhooks', 'Overview'];

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** Clicks on a link of the menu, and answers the milliseconds until its page is read and painted. */
function change(page, name) {
  return page.evaluate(async (wanted) => {
    const links = [...document.querySelectorAll('nav[aria-label="Console"] a')];
    const link = links.find(({ textContent }) => textContent === wanted);
    const isThere = () => document.querySelector('h1')?.textContent === wanted && !document.querySelector('.waiting, main [aria-busy="true"]');
    const read = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (!isThere()) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(document.body, { attributes: true, childList: true, subtree: true });
    });
    performance.mark('clicked');
    link.click();
    await read;
    // The frame after the one in which it is drawn has begun.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    performance.mark('painted');
    return performance.measure(`to ${wanted}`, 'clicked', 'painted').duration;
  }, name);
}

test('from a click to another page with all it has read', (context) =>
  asBuyer(
    browser,
    'console-speed',
    async (page) => {
      await manyUsers(60);
      await someSubscriber();
      await openConsole(page, 'viewer');
      await awaitRead(page);
      for (const [what, rounds] of [['for the first time', 1], ['again', ROUNDS]]) {
        const taken = [];
        for (let round = 0; round < rounds; round += 1) for (const name of NAMES) taken.push(await change(page, name));
        taken.sort((left, right) => left - right);
        const at = (share) => Math.round(taken[Math.ceil(taken.length * share) - 1]);
        context.diagnostic(`route changes ${what}: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, at most ${at(1)} ms, of ${taken.length}`);
      }
    },
    looks.desk,
  ));
