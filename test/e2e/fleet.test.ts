/** The Fleet map as a new user meets it: the demo, one vehicle, a district, everybody, and the figures taken home. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Download, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FleetWave } from '../../core/protocol/fleet.ts';
import { en } from '../../renderer/text/en.ts';
import { BROWSER, type OpenedWindow, titled } from './hosts.ts';
import { REVERSED, SCRIPT } from './texts.ts';
import { Window } from './window.ts';

/** A thousand vehicles, the window and its drawing share the machine, and a tunnel can take most of a minute. */
const LONG = 400_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

class Fleet {
  readonly #window: Window;
  constructor(window: Window) {
    this.#window = window;
  }

  get #page() {
    return this.#window.page;
  }

  get card(): Locator {
    return this.#page.locator('.cw-fleet-card');
  }

  /** Vehicles drive, and the command centre knows of them. */
  async drives(): Promise<void> {
    await this.#page.locator('.cw-map-clock', { hasText: /[1-9]/ }).waitFor({ timeout: LONG });
    await this.#page.locator('.cw-map[data-frames]').waitFor({ timeout: LONG });
  }

  /** Clicks here and there until a vehicle is under the pointer. */
  async clickVehicle(): Promise<void> {
    const box = (await this.#page.locator('.cw-map').boundingBox())!;
    for (let k = 0; k < 600; k += 1) {
      const [x, y] = [0.15 + 0.45 * ((k * 0.618_034) % 1), 0.15 + 0.7 * ((k * 0.381_966 * 7) % 1)];
      await this.#page.mouse.click(box.x + box.width * x, box.y + box.height * y);
      if ((await this.#page.locator('.cw-fleet-who', { hasText: /^1 vehicle$/ }).count()) > 0) return;
    }
    throw new Error('no vehicle under 600 clicks');
  }

  async send(kind: keyof typeof en.fleet.kinds): Promise<void> {
    await this.#page.getByRole('button', { name: en.fleet.kinds[kind], exact: true }).click();
    await this.#page.getByRole('button', { name: en.fleet.command.send, exact: true }).click();
  }

  /** The newest wave, once all of its vehicles have answered. */
  async answered(wave: number, vehicles: string): Promise<void> {
    await this.#page.locator('.cw-wave-head', { hasText: en.fleet.wave.number(wave) }).waitFor({ timeout: LONG });
    const said = `${en.fleet.wave.of(vehicles, vehicles)} ${en.fleet.wave.answered}`;
    await this.#page.locator('.cw-wave-answered', { hasText: said }).waitFor({ timeout: LONG });
  }

  async saved(name: string): Promise<string> {
    const download: Promise<Download> = this.#page.waitForEvent('download');
    await this.#page.getByRole('button', { name, exact: true }).click();
    return readFileSync(await (await download).path(), 'utf8');
  }

  async stop(): Promise<void> {
    await this.#page.getByRole('button', { name: en.fleet.start.stop, exact: true }).click();
    await this.#page.locator('.cw-fleet-ended .cw-verdict').waitFor({ timeout: LONG });
  }
}

describe.skipIf(BROWSER.missing !== undefined)(titled('the fleet map', BROWSER), () => {
  let opened: OpenedWindow;
  let window: Window;
  let fleet: Fleet;
  beforeAll(async () => {
    opened = await BROWSER.open({ 'data/causeway/scenarios/hostile-fleet.yaml': hostileFleet() });
    window = new Window(opened.page);
    fleet = new Fleet(window);
    await window.connected();
  });
  afterAll(() => opened?.close());
  afterEach(async () => {
    // Also after a failure: what comes next has the lab to itself.
    await window.go('run');
    await window.run.stopIfRunning();
    expect(opened.troubles).toEqual([]);
  });

  it(
    'runs the demo, commands one vehicle, a district and the fleet, and exports what came of it',
    async () => {
      const { page } = opened;
      await window.go('fleet');
      await page.getByRole('button', { name: en.fleet.start.button, exact: true }).click();
      await fleet.drives();

      await fleet.clickVehicle();
      await fleet.card.getByText('command/p2p/GID_vehicle@@@').waitFor();
      await fleet.send('find');
      await fleet.answered(1, '1');
      // Its way through the bridge and back, and the messages themselves.
      await fleet.card.getByText(en.fleet.vehicle.hops.down.answer).waitFor({ timeout: LONG });
      await fleet.card.locator('.cw-vehicle-messages [data-direction="down"]').first().waitFor();

      await page.getByRole('combobox', { name: en.fleet.select.districts }).click();
      await page.getByRole('option', { name: en.fleet.select.named('3'), exact: true }).click();
      await fleet.send('notice');
      await fleet.answered(2, '100');

      await page.getByRole('button', { name: en.fleet.select.all, exact: true }).click();
      await fleet.send('stop');
      await page.getByRole('button', { name: en.fleet.command.confirm, exact: true }).click();
      await fleet.answered(3, '1,000');

      const json = JSON.parse(await fleet.saved(en.fleet.wave.exportJson)) as { readonly waves: readonly FleetWave[] };
      const told = json.waves.map(({ wave, kind, addressed, answered }) => ({ wave, kind, addressed, answered }));
      expect(told).toEqual([
        { wave: 3, kind: 'stop', addressed: 1_000, answered: 1_000 },
        { wave: 2, kind: 'notice', addressed: 100, answered: 100 },
        { wave: 1, kind: 'find', addressed: 1, answered: 1 },
      ]);
      for (const { t50, t95, t100, histogram, answered } of json.waves) {
        expect(t50).toBeLessThanOrEqual(t95!);
        expect(t95).toBeLessThanOrEqual(t100!);
        expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(answered);
      }
      const csv = (await fleet.saved(en.fleet.wave.exportCsv)).trim().split('\r\n');
      expect(csv).toHaveLength(4);

      // The run is one like any other: its verdict, and the whole of it as a file.
      await fleet.stop();
      await page.locator('.cw-fleet-ended a').click();
      await window.arrived('run');
      await window.run.verdict();
      await page.getByRole('button', { name: en.run.export.button, exact: true }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: en.run.export.formats.json }).click();
      const result = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
      expect(result.scenario.name).toBe('IoV demo');
    },
    3 * LONG,
  );

  it(
    'has no serious finding of axe while vehicles drive, dark and light, and takes hostile texts for texts',
    async () => {
      const { page } = opened;
      await window.go('home');
      await page.getByRole('button', { name: /^Run <img/ }).click();
      await window.arrived('run');
      await window.go('fleet');
      await fleet.drives();
      await fleet.clickVehicle();
      await fleet.send('notice');
      await fleet.answered(1, '1');
      await fleet.card.locator('.cw-vehicle-messages [data-direction="down"]').first().waitFor({ timeout: LONG });
      expect(await fleet.card.textContent()).toContain('onerror');
      expect(await page.evaluate('window.owned')).toBeUndefined();
      expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
        expect(await serious()).toEqual([]);
        await page.getByRole('button', { name: en.fleet.present.start, exact: true }).click();
        await page.locator('.cw-present-caption').waitFor();
        expect(await serious()).toEqual([]);
        // A space in the palette is one of what is looked for, not the presenter's go; also from a hand that is faster than the focus.
        await page.keyboard.press('ArrowRight');
        await page.getByText(en.fleet.present.steps.one[0]!, { exact: true }).waitFor();
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog').waitFor();
        if (scheme === 'dark') await page.locator('.cw-present').focus();
        await page.keyboard.press('Space');
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        await page.getByRole('button', { name: en.fleet.present.leave, exact: true }).click();
        await page.locator('.cw-present-caption').waitFor({ state: 'detached' });
        expect(await page.locator('.cw-wave-list li').count()).toBe(1);
      }
      await fleet.stop();
    },
    3 * LONG,
  );

  async function serious(): Promise<string[]> {
    // As the debugger does: the page's own policy lets no script in.
    await opened.page.evaluate(`${AXE}; undefined`);
    return opened.page.evaluate<string[]>(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200) + ' ' + nodes[0].failureSummary.slice(0, 300)))`,
    );
  }
});

/** Vehicles whose names, topics and reports are texts that want to do harm. */
function hostileFleet(): string {
  const name = JSON.stringify(`${SCRIPT}${REVERSED}`);
  return `causeway: 1
name: ${name}
description: ${name}
duration: 10m
seed: 7
gateway:
  profile: lenient
  topics:
    vehicle: { direction: up }
    command: { direction: down }
    answer: { direction: up }
populations:
  fleet:
    actor: vehicle
    count: 60
    group: { name: district, count: 3 }
    clientId: ${JSON.stringify(`GID_v@@@{id}${SCRIPT.replaceAll(/[{}/+#]/g, '')}`)}
    connect: { over: 500ms }
    publish:
      telemetry:
        topic: ${JSON.stringify(`vehicle/{id}/${SCRIPT.replaceAll(/[{}#+]/g, '')}`)}
        qos: 1
        schedule: { every: 1s }
        body: { x: { route: x }, y: { route: y }, heading: { route: heading }, note: ${JSON.stringify(SCRIPT)} }
    react:
      acknowledge:
        on: "command/#"
        topic: "answer/{id}"
        qos: 1
        body: { result: ${JSON.stringify(SCRIPT)} }
services:
  centre:
    consume: { topics: [vehicle, answer], group: GID_centre }
    commands:
      order: { topic: command, population: fleet, target: one, schedule: manual, answer: acknowledge }
`;
}
