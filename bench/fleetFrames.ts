/** Frames a second of the Fleet map while 1,000 and 5,000 vehicles really report, against a page that draws nothing. */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { type Bench, type Benchmark, type Comparison, type Figures, ratios, type Samples, valuesOf } from './harness.ts';
import { labFolders } from './window/labFolders.ts';
import { chromiumProgram, openChromium, startServe } from './window/served.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RATE = 'frames/s';
/** What the map's own code costs, whoever draws the pixels and whatever else the machine does. */
const OWN = 'main thread, CPU ms per frame';
const VIEWPORT = { width: 1280, height: 800 };
/** Vehicles, and the frames a second that are wanted. */
const FLEETS = [
  { vehicles: '1,000', least: 30 },
  { vehicles: '5,000', least: 20 },
] as const;
/** What connecting 5,000 clients may take on a machine that has other things to do. */
const LONG = 300_000;

const EMPTY = `(async () => {
  let frames = 0;
  let on = true;
  const tick = () => { if (on) { frames += 1; requestAnimationFrame(tick); } };
  requestAnimationFrame(tick);
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, MS));
  on = false;
  return (1000 * frames) / (performance.now() - start);
})()`;
const MAP = `(async () => {
  const map = document.querySelector('.cw-map');
  const before = Number(map.dataset.frames);
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, MS));
  return (1000 * (Number(map.dataset.frames) - before)) / (performance.now() - start);
})()`;

export const benchmark: Benchmark = {
  name: 'fleetFrames',
  what: 'frames a second of the Fleet map, 1,000 and 5,000 vehicles reporting, against an empty page (Chromium without a GPU)',
  async run(bench) {
    const program = chromiumProgram();
    if (program === undefined) throw new Error('needs Chromium: in the PATH, or named by the variable CHROMIUM');
    const browser = bench.keep(await openChromium(program));
    const samples: Record<string, readonly Figures[]> = {};
    const comparisons: Comparison[] = [];
    for (const { vehicles, least } of FLEETS) {
      const page = await browser.newPage({ viewport: VIEWPORT });
      page.setDefaultTimeout(LONG);
      const map = `map, ${vehicles} vehicles`;
      const peer = `empty page beside ${vehicles}`;
      const measured = await withFleet(bench, page, vehicles, map, peer);
      Object.assign(samples, measured);
      comparisons.push(
        { what: map, unit: 'frames/s', values: valuesOf(measured, map, RATE), target: { op: '>=', value: least } },
        { what: `${map}, against the empty page`, unit: 'x', values: ratios(measured, RATE, map, peer) },
        { what: `${map}, main thread per frame`, unit: 'ms', values: valuesOf(measured, map, OWN) },
      );
      await page.close();
    }
    const first = await browser.newPage();
    const renderer = await first.evaluate<string>(
      `(() => { const gl = document.createElement('canvas').getContext('webgl');
        const info = gl?.getExtension('WEBGL_debug_renderer_info');
        return info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : 'no WebGL'; })()`,
    );
    return {
      samples,
      comparisons,
      notes: [
        `WebGL was drawn by: ${renderer}. SwiftShader and llvmpipe are software: the processor draws every pixel, beside the gateway, the bridge, the MQ and the vehicles.`,
        `Window of ${VIEWPORT.width} x ${VIEWPORT.height}, the whole city in view; ${bench.quick ? 2 : 5} s a round. Each vehicle reports once a second through MQTT, bridge and MQ.`,
        'The empty page counts animation frames and draws nothing, in the same tab, while the same run goes on.',
      ],
    };
  },
};

/** A lab with a run of the demo; map and empty page by turns. */
async function withFleet(bench: Bench, page: Page, vehicles: string, map: string, peer: string): Promise<Samples> {
  const folders = labFolders();
  const served = await startServe(ROOT, folders);
  try {
    const fleet = `${served.url}#/fleet`;
    const drives = async (): Promise<void> => {
      await page.locator('.cw-map-clock', { hasText: /[1-9]/ }).waitFor();
      await page.locator('.cw-map[data-frames]').waitFor();
      await wait(1_500);
    };
    await page.goto(fleet);
    await page.getByText(vehicles, { exact: true }).click();
    await page.getByRole('button', { name: 'Start the IoV demo' }).click();
    await drives();
    // Until those who connected last have reported, and nobody has to catch up.
    await wait(bench.quick ? 1_000 : 10_000);
    const windowMs = bench.quick ? 2_000 : 5_000;
    const devtools = await page.context().newCDPSession(page);
    // Time in which the main thread had a core, not time on the wall.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busyMs = async (): Promise<number> => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    };
    const measured = async (text: string): Promise<Figures> => {
      const before = await busyMs();
      const rate = await page.evaluate<number>(text);
      return { [RATE]: rate, [OWN]: ((await busyMs()) - before) / (rate * (windowMs / 1_000)) };
    };
    const script = (text: string): string => text.replace('MS', String(windowMs));
    return await bench.interleave(
      {
        [map]: async () => {
          await page.goto(fleet);
          await drives();
          return measured(script(MAP));
        },
        [peer]: async () => {
          await page.goto('about:blank');
          return measured(script(EMPTY));
        },
      },
      bench.quick ? 0 : 1,
    );
  } finally {
    await served.close();
    folders.remove();
  }
}
