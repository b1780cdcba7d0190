/** What a redraw of the Run screen costs the window's main thread: six charts of about 300 points, twice a second. */
import { fileURLToPath } from 'node:url';
import { openWindowServer } from '../cli/serve/windowServer.ts';
import { type Benchmark, type Figures, valuesOf } from './harness.ts';
import { drawnRun } from './roles/drawnRun.ts';
import { chromiumProgram, openChromium } from './window/served.ts';

const CPU = 'CPU ms per redraw';
const POINTS = 300;
const REDRAW_MS = 500;

// At this size all six charts are on the screen; those that are not are not redrawn.
const VIEWPORT = { width: 1920, height: 1080 };

/** Runs as dist/bench/redraw.js: the window is beside it. */
const RENDERER = fileURLToPath(new URL('../renderer/', import.meta.url));

export const benchmark: Benchmark = {
  name: 'redraw',
  what: `main-thread time per redraw of the Run screen, six charts, ${POINTS} points (Chromium without a GPU)`,
  async run(bench) {
    const program = chromiumProgram();
    if (program === undefined) throw new Error('needs Chromium: in the PATH, or named by the variable CHROMIUM');
    const browser = bench.keep(await openChromium(program));
    const redraws = bench.quick ? 6 : 40;
    const draw = async (): Promise<Figures> => {
      const lab = drawnRun(POINTS - 2 * redraws - 4);
      const server = await openWindowServer({ port: 0, rendererFolder: RENDERER, lab });
      const page = await browser.newPage({ viewport: VIEWPORT });
      try {
        await page.goto(`${server.url}#/run`);
        await page.waitForSelector('#run-threads .recharts-surface');
        const devtools = await page.context().newCDPSession(page);
        // Time in which the main thread had a core, not time on the wall: the machine may be busy with other things.
        await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
        const metrics = async (): Promise<Record<string, number>> => {
          const found = await devtools.send('Performance.getMetrics');
          return Object.fromEntries(found.metrics.map(({ name, value }) => [name, value]));
        };
        const next = (): Promise<void> => {
          lab.next();
          return new Promise((resolve) => setTimeout(resolve, REDRAW_MS));
        };
        for (let warmUp = 0; warmUp < 2; warmUp += 1) await next();
        const before = await metrics();
        for (let redraw = 0; redraw < redraws; redraw += 1) await next();
        const after = await metrics();
        const each = (name: string): number => (1_000 * ((after[name] ?? 0) - (before[name] ?? 0))) / redraws;
        return {
          [CPU]: each('TaskDuration'),
          'of it scripts': each('ScriptDuration'),
          'of it layout and style': each('LayoutDuration') + each('RecalcStyleDuration'),
        };
      } finally {
        await page.close();
        await server.close();
      }
    };
    const samples = await bench.interleave({ 'Run screen': draw }, 1);
    return {
      samples,
      comparisons: [
        { what: 'main thread', unit: 'ms', values: valuesOf(samples, 'Run screen', CPU), target: { op: '<=', value: 60 } },
      ],
      notes: [
        `${redraws} redraws a round, 500 ms apart, of a run under way with three directions and three threads; the moving dashes of the drawing are part of it.`,
      ],
    };
  },
};
