// What `paydesk dev` begins with where nobody says otherwise: a shop with a past. Here is what needs one.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { inspect, looks, press, tabTo, userNamed } from './application.mjs';
import { asBuyer, keepPicture, startBrowser } from './buyer.mjs';

const demo = process.env.DEMO;

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** The newest booking of a builder that took place, as far as anybody knows. */
async function tookPlace({ user, token }) {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${demo}/api/bookings?builder_id=${user}&limit=100`, { headers });
  const { data } = await answer.json();
  const found = data.find(({ status, starts_at }) => status === 'confirmed' && Date.parse(starts_at) < Date.now());
  assert.ok(found, 'nobody was there in all these days');
  return found;
}

for (const [look, options] of Object.entries(looks)) {
  const where = look === 'phone' ? 'on a phone' : 'at a desk';
  test(`a builder notes that a client did not come, ${where}`, () =>
    asBuyer(
      browser,
      `demo-no-show-${look}`,
      async (page) => {
        const grace = userNamed('grace');
        const { booking_id } = await tookPlace(grace);
        await page.goto(`${demo}/account/sessions#token=${grace.token}`);
        const booked = page.locator(`[data-booking="${booking_id}"]`);
        await page.locator('[data-booking]').first().waitFor();
        while ((await booked.count()) === 0) await more(page);
        await press(page, /^Client did not come to /, booked);
        const question = page.getByRole('dialog', { name: /^Client did not come to / });
        await question.getByText('What was paid stays paid.').waitFor();
        await inspect(page);
        await keepPicture(page, `demo-no-show-asked-${look}`);
        await press(page, 'Client did not come', question);
        await page.getByRole('status').filter({ hasText: 'Noted: the client did not come.' }).waitFor();
        await booked.and(page.locator('[data-status="no_show"]')).getByText('Missed').waitFor();
        assert.equal(await booked.getByRole('button').count(), 0, 'there is nothing left to be done with it');
        await inspect(page);
      },
      options,
    ));
}

/** Asks for more of what is booked. */
async function more(page) {
  const bookings = page.locator('[data-booking]');
  const before = await bookings.count();
  const button = page.locator('.pd-bookings').getByRole('button', { name: 'Show more' });
  await tabTo(page, button);
  await page.keyboard.press('Enter');
  await bookings.nth(before).waitFor();
}
