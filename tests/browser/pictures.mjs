// Takes the pictures of the documentation anew, of a shop with its demo, when the pages have changed:
//
//   cargo xtask dev --port 9102 --data /tmp/pictures          # goes on running
//   SHOP=http://127.0.0.1:9102/shop CONSOLE='the link of its banner' CHROMIUM=$(command -v chromium) node tests/browser/pictures.mjs

import path from 'node:path';

import { awaitSuccess, cards, chooseCredits, fillCard, openShop, startBrowser } from './buyer.mjs';
import { awaitRead } from './operator.mjs';

const folder = path.resolve(import.meta.dirname, '../../docs/images');
const size = { width: 1280, height: 800 };

const browser = await startBrowser();

/** A browser of its own. */
async function open() {
  const context = await browser.newContext({ viewport: size, colorScheme: 'light' });
  return context.newPage();
}

function take(page, name, height = size.height) {
  return page.screenshot({ path: path.join(folder, `${name}.png`), clip: { x: 0, y: 0, width: size.width, height } });
}

/** The hosted checkout of the sandbox, with a card on it; the credits are bought. */
async function checkout() {
  const page = await open();
  await openShop(page);
  await chooseCredits(page);
  await fillCard(page, cards.good);
  await take(page, 'checkout', 720);
  await page.click('#pay');
  await awaitSuccess(page);
}

/** A year of the shop, as its operator sees it; and the user who has bought just now. */
async function dashboard() {
  const page = await open();
  await page.goto(process.env.CONSOLE);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.getByRole('link', { name: '1 year' }).click();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await awaitRead(page);
    await take(page, `overview-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.keyboard.press('/');
  await page.keyboard.type('user_demo');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('list', { name: 'What happened' }).getByText('Payment').first().waitFor();
  await awaitRead(page);
  await take(page, 'user', 520);
}

try {
  await checkout();
  await dashboard();
} finally {
  await browser.close();
}
