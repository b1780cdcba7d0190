// The Fleet map for `npm run pictures`: 1,000 vehicles before, during and after a broadcast, dark and light.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SIZE = { width: 1280, height: 800 };
/** What is shown during a broadcast is the picture taken nearest to this share of answers, percent. */
const HALF = 55;
const LONG = 400_000;

/**
 * Starts the demo in a window of its own and stops it at the end. Writes fleet-before, fleet-during and fleet-after, each
 * dark and light. `browser`: of Playwright; `url`: of a lab with no run under way; `outFolder`: there already. `compact`
 * makes a PNG smaller, if somebody knows how.
 */
export async function fleetPictures(browser, url, outFolder, compact = (png) => png) {
  const context = await browser.newContext({ viewport: SIZE, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(LONG);
  const button = (name) => page.getByRole('button', { name, exact: true });
  const keep = (name, scheme, png) => {
    const path = join(outFolder, `fleet-${name}-${scheme}-1280.png`);
    const small = compact(png);
    writeFileSync(path, small);
    process.stderr.write(`${path} ${Math.round(small.length / 1024)} kB\n`);
  };
  const answered = async () => Number.parseInt((await page.locator('.cw-wave-answered b').textContent()) ?? '0', 10);
  const calm = async () => {
    // All that have no network are in a tunnel, and nobody is to answer any more.
    await page.locator('.cw-map-legend li:nth-child(3) b', { hasText: /^0$/ }).waitFor();
    await page.locator('.cw-map-legend li:nth-child(4) b', { hasText: /^\d$/ }).waitFor();
  };
  try {
    await page.goto(`${url}#/fleet`);
    await button('Start the IoV demo').click();
    await page.locator('.cw-map-clock', { hasText: /^0:(1[0-9]|[2-5])/ }).waitFor();
    for (const [index, scheme] of ['dark', 'light'].entries()) {
      await page.emulateMedia({ colorScheme: scheme });
      if (index > 0) await button('Choose nobody').click();
      await calm();
      await page.mouse.move(0, 0);
      await page.waitForTimeout(1_200);
      keep('before', scheme, await page.screenshot());
      await button('All').click();
      await button('Over-the-air notice').click();
      await button('Send').click();
      await page.mouse.move(0, 0);
      await page.locator('.cw-wave-head', { hasText: `Wave ${index + 1}` }).waitFor();
      let best;
      for (let k = 0; k < 60; k += 1) {
        const before = await answered();
        const png = await page.screenshot();
        const far = Math.abs((before + (await answered())) / 2 - HALF);
        if (best === undefined || far < best.far) best = { far, png };
        if (before > 97) break;
      }
      keep('during', scheme, best.png);
      // Some of those in tunnels have come out.
      await page.locator('.cw-wave-answered b', { hasText: /^(99|100)/ }).waitFor();
      await page.waitForTimeout(1_500);
      keep('after', scheme, await page.screenshot());
    }
    await button('Stop the run').click();
    await page.locator('.cw-fleet-ended').waitFor();
  } finally {
    await context.close();
  }
}
