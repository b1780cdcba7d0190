// The Fleet map for `npm run pictures`: 1,000 vehicles before, during and after a broadcast, and the presentation, dark and light.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SIZE = { width: 1280, height: 800 };
const SCHEMES = ['dark', 'light'];
/** What is shown during a broadcast is the picture taken nearest to this share of answers, percent. */
const HALF = 55;
const LONG = 400_000;

/** The colours of the states, which are what these pictures are about. */
const STATES = [
  ...readFileSync(new URL('../../renderer/screens/fleet/palette.ts', import.meta.url), 'utf8').matchAll(/states: \[(.+)\]/g),
]
  .flatMap(([, list]) => list.match(/[\da-f]{6}/g))
  .map((colour) => Number.parseInt(colour, 16));

/**
 * Starts the demo in a window of its own and stops it at the end. Writes fleet-before, fleet-during, fleet-after and
 * fleet-present, each dark and light. `browser`: of Playwright; `url`: of a lab with no run under way; `outFolder`: there
 * already. `compact` makes a PNG smaller, given the colours that must stay, if somebody knows how.
 */
export async function fleetPictures(browser, url, outFolder, compact = (png, _pinned) => png) {
  const context = await browser.newContext({ viewport: SIZE, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(LONG);
  const button = (name) => page.getByRole('button', { name, exact: true });
  const keep = (name, scheme, png) => {
    const path = join(outFolder, `fleet-${name}-${scheme}-1280.png`);
    const small = compact(png, STATES);
    writeFileSync(path, small);
    process.stderr.write(`${path} ${Math.round(small.length / 1024)} kB\n`);
  };
  const figure = async (place) => Number.parseInt(((await page.locator(place).textContent()) ?? '0').replaceAll(',', ''), 10);
  const answered = () => figure('.cw-wave-answered b');
  const state = (name) => `.cw-map-legend [data-state="${name}"] b`;
  /** In this scheme, drawn anew. */
  const look = async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1_200);
  };
  let waves = 0;
  /** A broadcast, photographed all the time: the picture nearest to half of the answers, and how far it is from that. */
  const broadcast = async () => {
    // Whoever has not answered the one before by now is in a tunnel.
    await page.locator(state('commanded')).filter({ hasText: /^\d$/ }).waitFor();
    await button('Send').click();
    await page.mouse.move(0, 0);
    waves += 1;
    await page.locator('.cw-wave-head', { hasText: `Wave ${waves} ` }).waitFor();
    let best = { far: 100, png: await page.screenshot() };
    for (let k = 0; k < 40 && (await answered()) < 97; k += 1) {
      const before = await answered();
      const png = await page.screenshot();
      // A laptop that is too busy lets vehicles wait so long that the map takes them for silent.
      const silent = (await figure(state('failed'))) > 40 ? 50 : 0;
      const far = Math.abs((before + (await answered())) / 2 - HALF) + silent;
      if (far < best.far) best = { far, png };
    }
    return best;
  };
  try {
    await page.goto(`${url}#/fleet`);
    await button('Start the IoV demo').click();
    await page.locator('.cw-map-clock', { hasText: /^0:(1[0-9]|[2-5])|^[1-9]/ }).waitFor();
    for (const scheme of SCHEMES) {
      await look(scheme);
      keep('before', scheme, await page.screenshot());
    }
    await button('All').click();
    await button('Over-the-air notice').click();
    for (const scheme of SCHEMES) {
      await look(scheme);
      let best = await broadcast();
      for (let again = 0; again < 3 && best.far > 25; again += 1) {
        const other = await broadcast();
        if (other.far < best.far) best = other;
      }
      keep('during', scheme, best.png);
      // Some of those in tunnels have come out.
      await page.locator('.cw-wave-answered b', { hasText: /^(99|100)/ }).waitFor();
      await page.waitForTimeout(1_500);
      keep('after', scheme, await page.screenshot());
    }
    await button('Present').click();
    await page.keyboard.press('ArrowRight');
    await page.locator('.cw-present-caption', { hasText: 'One vehicle is called' }).waitFor();
    await page.keyboard.press('Space');
    await page.locator('.cw-present-waves .cw-wave-answered b', { hasText: /^100/ }).waitFor();
    for (const scheme of SCHEMES) {
      await look(scheme);
      keep('present', scheme, await page.screenshot());
    }
    await page.keyboard.press('Escape');
    await button('Stop the run').click();
    await page.locator('.cw-fleet-ended').waitFor();
  } finally {
    await context.close();
  }
}
