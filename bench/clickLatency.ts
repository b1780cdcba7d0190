/** How soon the desktop window answers to a click while its main process, where the gateway lives, is saturated. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';
import type { Benchmark, Figures } from './harness.ts';
import { electronProgram, openDesktop } from './window/desktop.ts';
import { labFolders } from './window/labFolders.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** As many messages as the machine can carry: each device sends again as soon as it has its acknowledgement. */
const UNBOUNDED = `causeway: 1
name: Unbounded
description: Every device sends as fast as it is acknowledged.
duration: 1h
seed: 1
gateway:
  topics:
    flood: { direction: up, partitions: 4 }
populations:
  senders:
    actor: sensor
    count: 200
    connect: { over: 2s }
    publish:
      value:
        topic: "flood/{id}"
        qos: 1
        schedule: { closed: { think: 0s } }
services:
  reader:
    consume: { topics: [flood], group: GID_reader }
`;

/** Has the page note, for each click, the time from the input's own stamp to the first task after the next animation frame. */
const LISTEN = `(() => {
  const answered = [];
  let told = () => {};
  addEventListener('click', (event) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      answered.push(performance.now() - event.timeStamp);
      told();
    };
    channel.port2.postMessage(null);
  }), true);
  window.answer = async (n) => {
    while (answered.length <= n) await new Promise((resolve) => { told = resolve; });
    return answered[n];
  };
  window.forget = () => { answered.length = 0; };
})()`;

export const benchmark: Benchmark = {
  name: 'clickLatency',
  what: 'a click in the desktop window, from input to the next frame, idle and with the gateway saturated',
  async run(bench) {
    const program = electronProgram();
    if (program === undefined)
      throw new Error('no Electron here: install it, or name its folder with ELECTRON_OVERRIDE_DIST_PATH');
    const clicks = bench.quick ? 5 : 40;
    const folders = labFolders();
    bench.keep({ close: async () => folders.remove() });
    mkdirSync(folders.scenarios, { recursive: true });
    writeFileSync(join(folders.scenarios, 'unbounded.yaml'), UNBOUNDED);
    const desktop = bench.keep(await openDesktop(ROOT, program, folders));
    const { page } = desktop;
    await page.locator('.cw-link-state[data-state="open"]').waitFor({ timeout: 60_000 });
    const session = await page.context().newCDPSession(page);
    await page.evaluate(LISTEN);
    const click = async (): Promise<Figures> => measure(page, session, clicks);
    const idle = await bench.interleave({ idle: click }, 1);
    await page.getByRole('button', { name: 'Run Unbounded' }).click();
    await page.locator('.cw-phase[data-phase="running"]').waitFor({ timeout: 120_000 });
    await wait(bench.quick ? 1_000 : 5_000);
    const before = await acknowledged(page);
    const saturated = await bench.interleave({ 'saturated, Run screen': click }, 1);
    const rate = await acknowledged(page);
    const samples = { ...idle, ...saturated };
    const p95 = saturated['saturated, Run screen']!.map((figures) => figures['p95 ms']!);
    return {
      samples,
      comparisons: [{ what: 'p95 of a click while saturated', unit: 'ms', values: p95, target: { op: '<=', value: 100 } }],
      notes: [
        `${clicks} clicks a round, on the menus of theme and language by turns, opened and closed, on the screen of the run under way.`,
        'From the moment in which the driver sends the input to the task after the next animation frame: waiting in the main process, in the page, and its drawing.',
        `Load: 200 devices, each sends again when it has its acknowledgement (${before} before, ${rate} after, as the Run screen showed).`,
        'Electron on a virtual display, drawn without a graphics processor, on the same cores as the load.',
      ],
    };
  },
};

/** What the screen says of the rate: that there was load at all. */
async function acknowledged(page: Page): Promise<string> {
  const text = (await page.locator('main').textContent())?.match(/[\d.,]+\s?k?\/s/);
  return text?.[0] ?? 'not shown';
}

async function measure(page: Page, session: CDPSession, clicks: number): Promise<Figures> {
  const all: number[] = [];
  const places = await Promise.all(['Theme', 'Language'].map((name) => centre(page, name)));
  for (let i = 0; i < clicks; i += 1) {
    // Opened, closed, the other one.
    const place = places[Math.floor(i / 2) % 2]!;
    const input = { ...place, button: 'left', clickCount: 1 } as const;
    await session.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...place });
    await session.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...input, timestamp: Date.now() / 1000 });
    await session.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...input, timestamp: Date.now() / 1000 });
    all.push(await page.evaluate<number>(`window.answer(${all.length})`));
    await wait(100);
  }
  await page.evaluate('window.forget()');
  all.sort((a, b) => a - b);
  const at = (share: number): number => all[Math.min(all.length - 1, Math.ceil(share * all.length) - 1)]!;
  return { 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'max ms': at(1) };
}

async function centre(page: Page, name: string): Promise<{ readonly x: number; readonly y: number }> {
  const box = await page.getByRole('button', { name, exact: true }).boundingBox();
  if (box === null) throw new Error(`no button "${name}" in the window`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
