// `npm run pictures`: every screen of the window, used and photographed in light and dark at two sizes, into docs/images/.
// Wants Chromium (CHROMIUM, or in the PATH). Takes about three minutes: the runs that are shown really run.
//   npm run pictures -- [--only home,run] [--out folder]
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { labFolders } from '../dist/bench/window/labFolders.js';
import { chromiumProgram, openChromium, startServe } from '../dist/bench/window/served.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { only: { type: 'string' }, out: { type: 'string', default: join(root, 'docs', 'images') } },
});
const program = chromiumProgram();
if (program === undefined) {
  process.stderr.write('no Chromium here: name one with CHROMIUM\n');
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const folders = labFolders();
const served = await startServe(root, folders);
const browser = await openChromium(program);
const context = await browser.newContext({ viewport: SIZES[0], locale: 'en-US' });
const page = await context.newPage();
page.setDefaultTimeout(180_000);

/** All four of a screen. What has been moved is brought back to its top before each. */
async function photograph(name) {
  if (values.only !== undefined && !values.only.split(',').includes(name)) return;
  await page.mouse.move(0, 0);
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate('document.activeElement?.blur(); window.scrollTo(0, 0)');
      // The charts measure their place and draw once more.
      await page.waitForTimeout(700);
      const path = join(values.out, `window-${name}-${theme}-${size.width}.png`);
      await page.screenshot({ path });
      process.stderr.write(`${path} ${Math.round(statSync(path).size / 1024)} kB\n`);
    }
  }
  await page.setViewportSize(SIZES[0]);
}
const go = async (screen) => {
  await page.locator(`.cw-nav-link[data-screen="${screen}"]`).click();
  await page.locator(`.cw-nav-link[data-screen="${screen}"][aria-current="page"]`).waitFor();
  await page.locator('main [data-screen-title]').first().waitFor();
};
const run = async (name) => {
  await go('home');
  await page.getByRole('button', { name: `Run ${name}`, exact: true }).click();
  await page.locator('.cw-phase[data-phase="running"]').waitFor();
};
const over = () => page.locator('.cw-run-header .cw-verdict').waitFor();

try {
  await page.goto(served.url);
  await page.locator('.cw-link-state[data-state="open"]').waitFor();
  await photograph('first');
  await run('Chat rooms');
  await over();
  await run('Internet of Vehicles');
  // In full swing.
  await page.waitForTimeout(12_000);
  await photograph('live');
  await over();
  await photograph('run');
  await run('IoT sensors');
  await page.waitForTimeout(4_000);
  await page.getByRole('button', { name: 'Inject a fault' }).click();
  await page.locator('.cw-fault', { hasText: 'Write a wrong property' }).click();
  await page.locator('[data-chip="mapping"][data-tone="fail"]').waitFor();
  await over();
  await page.locator('.mantine-Notification-root').first().waitFor({ state: 'detached' });
  await photograph('fault');
  await go('home');
  await page.locator('.cw-run-link').nth(2).waitFor();
  await photograph('home');
  for (const index of [0, 1])
    await page
      .getByRole('checkbox', { name: /^Select / })
      .nth(index)
      .check();
  await page.getByRole('button', { name: 'Compare 2', exact: true }).click();
  await page.getByRole('heading', { name: 'Figures' }).waitFor();
  await photograph('compare');
  await go('inspect');
  await page.getByRole('button', { name: 'Examples' }).first().click();
  await page.getByRole('menuitem', { name: 'Another topic shown' }).click();
  await page.locator('[aria-busy="false"] .cw-outcome').waitFor();
  await photograph('inspect');
  await go('editor');
  await page.locator('.cw-start-card', { hasText: 'IoT sensors' }).click();
  await page.locator('.cw-problems-head[data-tone]').waitFor();
  await page.getByRole('tab', { name: 'Devices' }).click();
  await photograph('editor');
  await go('settings');
  await page.getByRole('tab', { name: 'Kafka' }).click();
  await photograph('settings');
} finally {
  await browser.close();
  await served.close();
  folders.remove();
}
