// Somebody who works at the console: invited by the program itself, signed in by its link.

import { execFileSync } from 'node:child_process';

const { origin } = new URL(process.env.SHOP);

/** A link for a new operator of this role. */
export function invite(role, name = `${role} ${Math.random().toString(36).slice(2)}`) {
  const given = ['operator', 'invite', name, '--role', role, '--public-url', origin, '--database', process.env.PAYDESK_DATABASE];
  return execFileSync(process.env.PAYDESK, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** Signs in, and goes on to a page where one is named. Answers the link, which is used up. */
export async function openConsole(page, role, path, name) {
  const link = invite(role, name);
  await page.goto(link);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  if (path) await page.goto(`${origin}/console${path}`);
  return link;
}

/** How often somebody looks again whether Stripe has told. */
const LOOKS_MAX = 40;

/** Opens a list by the menu. */
export async function openFromMenu(page, look, name) {
  if (look === 'phone') await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

/** Waits until all that the page wants to show is read. */
export async function awaitRead(page) {
  await page.waitForFunction(() => document.querySelector('.waiting, [aria-busy="true"]') === null);
}

/** Waits until the list has a row with this text, or any. Stripe tells in its own time: so it is looked at again. */
export async function awaitRow(page, text = '') {
  const wanted = page.locator('main tbody tr').filter({ hasText: text });
  await awaitRead(page);
  for (let looks = 0; looks < LOOKS_MAX && (await wanted.count()) === 0; looks += 1) {
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await awaitRead(page);
  }
  await wanted.first().waitFor();
}
