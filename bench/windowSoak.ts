/**
 * The window before a long run: does it keep growing? Heap (after a forced collection) and DOM nodes of the page while a
 * run goes on. A program of its own, since one measurement takes half an hour:
 *
 *   node dist/bench/windowSoak.js [--minutes 30] [--rate 5000] [--every 10] [--out bench/results/windowSoak.json]
 *
 * The result is written after each sample, so that one that was cut short says how far it came.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './machine.ts';
import { labFolders } from './window/labFolders.ts';
import { chromiumProgram, openChromium, startServe } from './window/served.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '5000' },
    every: { type: 'string', default: '10' },
    out: { type: 'string', default: join(root, 'bench', 'results', 'windowSoak.json') },
  },
});
const [minutes, rate, every] = [Number(values.minutes), Number(values.rate), Number(values.every)];

const scenario = `causeway: 1
name: Soak of the window
description: One steady stream up, read by one service, for as long as it takes.
duration: ${Math.round(minutes * 60)}s
seed: 1
gateway:
  topics:
    soak: { direction: up, partitions: 4 }
populations:
  senders:
    actor: sensor
    count: 500
    clientId: "GID_soak@@@{id}"
    connect: { over: 5s }
    publish:
      value:
        topic: "soak/{id}/value"
        qos: 0
        schedule: { rate: ${rate}/s }
services:
  reader:
    consume: { topics: [soak], group: GID_reader, mode: clustering, members: 1, ordered: true }
`;

interface Sample {
  readonly seconds: number;
  readonly phase: string;
  readonly heapMb: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Of the machine, processes that want a core: others may use it meanwhile. */
  readonly load: number;
}

const folders = labFolders();
mkdirSync(folders.scenarios, { recursive: true });
writeFileSync(join(folders.scenarios, 'soak.yaml'), scenario);
const program = chromiumProgram();
if (program === undefined) throw new Error('no Chromium on this machine: name one with CHROMIUM');
const on = machine();
const at = new Date().toISOString();
const served = await startServe(root, folders);
const browser = await openChromium(program);
const samples: Sample[] = [];
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(served.url);
  await page.getByRole('button', { name: 'Run Soak of the window' }).click();
  await page.waitForURL(/#\/run/);
  await page.locator('.cw-phase[data-phase="running"]').waitFor({ timeout: 120_000 });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const began = performance.now();
  for (let turn = 0; ; turn += 1) {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
    // In one look: what is on the screen may change between two. Empty: neither, e.g. while it connects again.
    const phase = await page.evaluate<string>(
      `document.querySelector('.cw-run-header .cw-verdict') !== null ? 'done' : (document.querySelector('.cw-phase')?.dataset.phase ?? '')`,
    );
    samples.push({
      seconds: Math.round((performance.now() - began) / 100) / 10,
      phase,
      heapMb: Math.round((metric('JSHeapUsedSize') / 2 ** 20) * 100) / 100,
      nodes: metric('Nodes'),
      listeners: metric('JSEventListeners'),
      load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    });
    write(undefined);
    if (phase === 'done') break;
    await wait(Math.max(0, (turn + 1) * every * 1000 - (performance.now() - began)));
  }
  write(verdict());
} finally {
  await browser.close();
  await served.close();
  folders.remove();
}

/** What became of the run itself: its own result file says. */
function verdict(): unknown {
  const run = readdirSync(folders.runs)[0];
  if (run === undefined) return null;
  const result = JSON.parse(readFileSync(join(folders.runs, run, 'result.json'), 'utf8')) as Record<string, unknown>;
  return { verdict: result.verdict, reasons: result.reasons, ledger: result.ledger, trafficMs: result.trafficMs };
}

function write(run: unknown): void {
  const steady = samples.filter(({ seconds, phase }) => seconds >= 120 && phase === 'running');
  const result = {
    benchmark: 'windowSoak',
    what: 'heap after a forced collection and DOM nodes of the page while one run goes on',
    at,
    machine: on,
    minutes,
    messagesPerSecond: rate,
    finished: run !== undefined,
    afterTwoMinutes: steady.length < 2 ? null : summary(steady),
    ...(run === undefined ? {} : { run }),
    notes: [
      'Chromium without a screen, 1280 x 800, Run screen of `causeway serve`; lab, load and browser share the machine.',
      'perHour: slope of a straight line through the samples after the first two minutes.',
    ],
    samples,
  };
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(`${values.out}.part`, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(`${values.out}.part`, values.out);
}

function summary(steady: readonly Sample[]): unknown {
  const of = (pick: (sample: Sample) => number): unknown => {
    const all = steady.map(pick);
    return { first: all[0], last: all.at(-1), min: Math.min(...all), max: Math.max(...all), perHour: slope(steady, pick) };
  };
  return { heapMb: of(({ heapMb }) => heapMb), nodes: of(({ nodes }) => nodes) };
}

/** Least squares, per hour. */
function slope(steady: readonly Sample[], pick: (sample: Sample) => number): number {
  const x = steady.map(({ seconds }) => seconds / 3600);
  const y = steady.map(pick);
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [mx, my] = [mean(x), mean(y)];
  const above = x.reduce((sum, one, i) => sum + (one - mx) * (y[i]! - my), 0);
  const below = x.reduce((sum, one) => sum + (one - mx) ** 2, 0);
  return below === 0 ? 0 : Math.round((above / below) * 100) / 100;
}
