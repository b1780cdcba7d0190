// `npm run pictures`: every screen of the window, used and photographed in light and dark at two sizes, into docs/images/.
// Wants Chromium (CHROMIUM, or in the PATH). Takes about eight minutes on a quiet machine: the runs and measurements that are shown really take place.
//   npm run pictures -- [--only home,run,…] [--out folder]      names: those in the files' names, and `broadcast` for the fleet's
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { labFolders } from '../dist/bench/window/labFolders.js';
import { chromiumProgram, openChromium, startServe } from '../dist/bench/window/served.js';
import { fleetPictures } from './pictures/fleet.mjs';
import { withPalette } from './pictures/palettePng.mjs';
import { photographer, SIZES } from './pictures/photograph.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { only: { type: 'string' }, out: { type: 'string', default: join(root, 'docs', 'images') } },
});
const only = values.only?.split(',');
const program = chromiumProgram();
if (program === undefined) {
  process.stderr.write('no Chromium here: name one with CHROMIUM\n');
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });

const folders = labFolders();
/** A tenth of the IoV fleet, for a minute: what is shown shall be the lab at work, not a busy laptop at its limit. */
const SMALL = 'Small fleet';
mkdirSync(folders.scenarios, { recursive: true });
writeFileSync(
  join(folders.scenarios, 'small-fleet.yaml'),
  readFileSync(join(root, 'scenarios', 'iov-fleet.yaml'), 'utf8')
    .replace(/^name: .*$/m, `name: ${SMALL}`)
    .replace(
      /^description: .*$/m,
      'description: 100 vehicles report once a second over MQTT; a command centre commands them through MQ.',
    )
    .replace(/^duration: \S+/m, 'duration: 60s')
    .replace(/^ {4}count: 1000$/m, '    count: 100'),
);
const served = await startServe(root, folders);
const browser = await openChromium(program);
const context = await browser.newContext({ viewport: SIZES[0], locale: 'en-US' });
const page = await context.newPage();
page.setDefaultTimeout(180_000);
const photograph = photographer(page, values.out, only);

const go = async (screen) => {
  await page.locator(`.cw-nav-link[data-screen="${screen}"]`).click();
  await page.locator(`.cw-nav-link[data-screen="${screen}"][aria-current="page"]`).waitFor();
  await page.locator('main [data-screen-title]').first().waitFor();
};
const button = (name) => page.getByRole('button', { name, exact: true });
/** Until its traffic flows. */
const run = async (name) => {
  await go('home');
  await button(`Run ${name}`).click();
  await page.locator('.cw-phase[data-phase="running"]').waitFor();
};
const over = () => page.locator('.cw-run-header .cw-verdict').waitFor();
const quiet = () => page.locator('.mantine-Notification-root').first().waitFor({ state: 'detached' });

const TRIES = 5;
/** A run that passes, and its pictures while it is in full swing and when it is over. Where other programs take the processors, it is run again. */
const fleetRun = async (...names) => {
  for (let tries = 1; ; tries += 1) {
    await run(SMALL);
    await page.locator('.cw-run-facts', { hasText: /0:[23]\d of/ }).waitFor();
    for (const name of names) await photograph(name);
    const inTime = await page.locator('.cw-phase[data-phase="running"]').isVisible();
    await over();
    if (tries === TRIES || (inTime && (await page.locator('.cw-run-header .cw-verdict[data-verdict="pass"]').isVisible())))
      return;
    process.stderr.write('not passed, or over too soon: once more\n');
  }
};

/** In the order in which they need each other: Home lists the runs, Compare wants two of one scenario. */
const steps = {
  fleet: async () => {
    await go('home');
    await button('Run the IoV demo').click();
    await page.locator('.cw-map').waitFor();
    await page.locator('.cw-current-phase[data-phase="running"]').waitFor();
    // The vehicles have spread over the city.
    await page.waitForTimeout(12_000);
    await button('All').click();
    await button('Send').click();
    await page.waitForTimeout(1_500);
    await photograph('fleet');
    await go('run');
    await button('Stop').click();
    await over();
  },
  broadcast: () => fleetPictures(browser, served.url, values.out, withPalette),
  fault: async () => {
    await run(SMALL);
    await page.locator('.cw-run-facts', { hasText: /0:[123]\d of/ }).waitFor();
    await button('Inject a fault').click();
    await page.locator('.cw-fault', { hasText: 'Write a wrong property' }).click();
    await page.locator('[data-chip="mapping"][data-tone="fail"]').waitFor();
    await over();
    await quiet();
    await photograph('fault');
  },
  run: async () => {
    await fleetRun();
    await fleetRun('live');
    await photograph('run');
  },
  home: async () => {
    await go('home');
    await page.locator('.cw-run-link').first().waitFor();
    await photograph('home');
  },
  compare: async () => {
    await go('home');
    const boxes = page.getByRole('checkbox', { name: /^Select Small fleet/ });
    for (const index of [0, 1]) await boxes.nth(index).check();
    await button('Compare 2').click();
    await page.getByRole('heading', { name: 'Figures' }).waitFor();
    await photograph('compare');
  },
  inspect: async () => {
    await go('inspect');
    await button('Examples').first().click();
    await page.getByRole('menuitem', { name: 'Another topic shown' }).click();
    await page.locator('[aria-busy="false"] .cw-outcome').waitFor();
    await photograph('inspect');
  },
  editor: async () => {
    await go('editor');
    await page.locator('.cw-start-card', { hasText: 'IoT sensors' }).click();
    await page.locator('.cw-problems-head[data-tone]').waitFor();
    await page.getByRole('tab', { name: 'Devices' }).click();
    await photograph('editor');
  },
  settings: async () => {
    await go('settings');
    await page.getByRole('tab', { name: 'Kafka' }).click();
    await photograph('settings');
  },
  choose: async () => {
    await go('choose');
    await page.getByRole('button', { name: /^Measure everything/ }).click();
    await page.locator('.cw-choose-progress').waitFor();
    await page.locator('.cw-choose-progress').waitFor({ state: 'detached', timeout: 900_000 });
    await photograph('choose');
    await page.locator('.cw-choose-bar').getByText('Advisor').click();
    await page.locator('.cw-architecture').waitFor();
    await photograph('advisor');
  },
};
/** What has to be there first. */
const NEEDS = { live: ['run'], compare: ['run'], home: ['run'], advisor: ['choose'] };

try {
  await page.goto(served.url);
  await page.locator('.cw-link-state[data-state="open"]').waitFor();
  const wanted = only?.flatMap((name) => [...(NEEDS[name] ?? []), name]);
  for (const [name, step] of Object.entries(steps)) if (wanted?.includes(name) ?? true) await step();
} catch (error) {
  const shown = join(values.out, 'failed.png');
  await page.screenshot({ path: shown });
  process.stderr.write(`what was to be seen then: ${shown}\n`);
  throw error;
} finally {
  await browser.close();
  await served.close();
  folders.remove();
}
