// Somebody who works at the console: invited by the program itself, signed in by its link.

import { execFileSync } from 'node:child_process';

const { origin } = new URL(process.env.SHOP);

/** A link for a new operator of this role. */
export function invite(role) {
  const name = `${role} ${Math.random().toString(36).slice(2)}`;
  const given = ['operator', 'invite', name, '--role', role, '--public-url', origin, '--database', process.env.PAYDESK_DATABASE];
  return execFileSync(process.env.PAYDESK, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** Signs in, and goes on to a page where one is named. Answers the link, which is used up. */
export async function openConsole(page, role, path) {
  const link = invite(role);
  await page.goto(link);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  if (path) await page.goto(`${origin}/console${path}`);
  return link;
}
