/** "MQTT or MQ?" as an architect uses it: measure a row, read figures, ask the advisor, open the scenario that puts it to the test. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChooseRowId } from '../../core/protocol/choose.ts';
import { en } from '../../renderer/text/en.ts';
import { chooseTheme, seriousFindings } from './axe.ts';
import { BROWSER, type OpenedWindow, titled } from './hosts.ts';
import { CONTROLS, HOSTILE, SCRIPT } from './texts.ts';
import { Window } from './window.ts';

const words = en.choose;
const STORE = 'data/causeway/choose.json';

describe.skipIf(BROWSER.missing !== undefined)(titled('MQTT or MQ?', BROWSER), () => {
  let opened: OpenedWindow;
  let window: Window;
  beforeAll(async () => {
    opened = await BROWSER.open();
    window = new Window(opened.page);
    await window.connected();
    await window.go('choose');
  });
  afterAll(() => opened?.close());

  const row = (id: ChooseRowId): Locator => opened.page.locator(`#choose-${id}`);
  const held = (id: ChooseRowId, state: 'yes' | 'none'): Locator => row(id).locator(`.cw-holds[data-holds="${state}"]`);
  const view = (name: keyof typeof words.views): Promise<void> =>
    opened.page.getByText(words.views[name], { exact: true }).click();
  const button = (name: string): Locator => opened.page.getByRole('button', { name, exact: true });

  it('claims much and has measured nothing, at first', async () => {
    await opened.page.getByText(words.empty, { exact: true }).waitFor();
    expect(await opened.page.locator('.cw-choose-row').count()).toBe(15);
    expect(await opened.page.locator('.cw-holds:not([data-holds="none"])').count()).toBe(0);
    await opened.page.getByText(words.embedded, { exact: true }).waitFor();
  });

  it('measures one row, and shows its figures with engine, date and how', async () => {
    await button(words.runRow(words.run, 'Where clients run')).click();
    await expect.poll(() => held('deployment', 'yes').count(), { timeout: 60_000 }).toBe(2);
    const text = (): Promise<string | null> => row('deployment').textContent();
    expect(await text()).toContain('embedded MQ, by Causeway');
    expect(await text()).toContain(String(new Date().getFullYear()));
    expect(await row('deployment').locator('.cw-pair-value[data-side="mqtt"]').first().textContent()).toContain(words.yes);
    expect(await row('deployment').locator('.cw-pair-value[data-side="mq"]').first().textContent()).toContain(words.no);
    await button(`${words.how} Where clients run`).click();
    await row('deployment').getByText(words.method, { exact: true }).waitFor();
    await row('deployment').getByText(words.machine, { exact: true }).waitFor();
    // The others are as before.
    expect(await held('chat', 'none').count()).toBe(2);
  });

  it('measures all, says how far it is, and stops when asked', async () => {
    await button(words.runAll).click();
    await expect
      .poll(() => opened.page.getByRole('status').allTextContents(), { timeout: 60_000 })
      .toContainEqual(expect.stringContaining(words.rowOf('1', '15')));
    expect(await row('connections').getAttribute('data-running')).toBe('true');
    await button(words.cancel).click();
    await button(words.runAll).waitFor();
    // What was measured is kept, also for who comes later.
    await opened.page.reload();
    await expect.poll(() => held('deployment', 'yes').count()).toBe(2);
  });

  it('answers six questions with a recommendation for each part, drawn, with what was measured', async () => {
    const { page } = opened;
    await view('advisor');
    const choose = async (question: string, answer: string): Promise<void> => {
      await page.getByRole('radiogroup', { name: question }).getByText(answer, { exact: true }).click();
    };
    const slide = async (question: string, key: 'Home' | 'End'): Promise<void> => {
      await page.getByRole('slider', { name: question }).press(key);
    };
    const { advisor } = words;
    const use = (component: keyof typeof advisor.components): Promise<string | null> =>
      page.locator(`[data-component="${component}"] .cw-use`).getAttribute('data-use');
    const uses = async (): Promise<(string | null)[]> => [await use('devices'), await use('services'), await use('between')];
    const drawn = (): Promise<(string | null)[]> =>
      page.locator('[data-part][data-needed="true"]').evaluateAll((parts) => parts.map((part) => part.getAttribute('data-part')));

    await slide(advisor.clients, 'Home');
    await choose(advisor.where, advisor.wheres.servers);
    await slide(advisor.size, 'End');
    await slide(advisor.rate, 'Home');
    await choose(advisor.fanOut, advisor.fanOuts['work-sharing']);
    await choose(advisor.order, advisor.orders.total);
    await choose(advisor.offline, advisor.offlines.store);
    await expect.poll(uses).toEqual(['mq', 'mq', 'none']);
    await expect.poll(drawn).toEqual(['mq', 'services']);

    await slide(advisor.clients, 'End');
    await choose(advisor.where, advisor.wheres.browsers);
    await expect.poll(uses).toEqual(['mqtt', 'mq', 'bridge']);
    await expect.poll(drawn).toEqual(['devices', 'gateway', 'bridge', 'mq', 'services']);
    // Measured above, and claimed only.
    const reason = (id: ChooseRowId): Locator => page.locator(`.cw-reason-measured:has(a[href="#/choose/${id}"])`);
    expect(await reason('deployment').getAttribute('data-holds')).toBe('yes');
    expect(await reason('sequence').getAttribute('data-holds')).toBe('none');

    await choose(advisor.fanOut, advisor.fanOuts.all);
    await choose(advisor.order, advisor.orders.none);
    await choose(advisor.offline, advisor.offlines.none);
    await slide(advisor.clients, 'Home');
    await expect.poll(uses).toEqual(['mqtt', 'mqtt', 'none']);
    await expect.poll(drawn).toEqual(['devices', 'gateway', 'services']);
    await reason('deployment').getByRole('link').click();
    await page.locator('#choose-deployment:focus').waitFor();
    await view('advisor');
  });

  for (const scheme of ['light', 'dark'] as const)
    for (const name of ['table', 'advisor'] as const)
      it(`has no serious finding of axe: ${name}, ${scheme}`, async () => {
        await chooseTheme(opened.page, scheme);
        await view(name);
        await opened.page
          .locator(name === 'table' ? '.cw-choose-table' : '.cw-advice')
          .first()
          .waitFor();
        expect(await seriousFindings(opened.page)).toEqual([]);
      });

  it('opens the scenario that puts it to the test in the editor, ready to be run', async () => {
    const { editor, page } = window;
    await view('advisor');
    await button(words.advisor.edit).click();
    await window.arrived('editor');
    await expect.poll(() => editor.code.textContent()).toContain('Puts the advice to the test');
    await page.locator('.cw-problems-head[data-tone]').waitFor();
    expect(await editor.problems.count()).toBe(0);
    await expect.poll(() => editor.runButton.isEnabled()).toBe(true);
  });

  it('shows measurements with hostile texts as texts, and tells of those that cannot be read', async () => {
    const { page, folders } = opened;
    const file = join(folders.root, STORE);
    const hostile = JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
      typeof value === 'string' && !['id', 'at', 'better'].includes(key)
        ? `${value}${HOSTILE}${CONTROLS}${'x'.repeat(2_000)}`
        : value,
    );
    writeFileSync(file, JSON.stringify(hostile));
    const harmless = async (): Promise<void> => {
      expect(await page.evaluate('window.owned')).toBeUndefined();
      expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
      expect(opened.troubles).toEqual([]);
    };
    await window.go('home');
    await window.go('choose');
    await row('deployment').getByText('onerror').first().waitFor();
    await button(`${words.how} Where clients run`).click();
    await row('deployment').getByText(words.method, { exact: true }).waitFor();
    await harmless();
    await view('advisor');
    await page.locator('.cw-advice').waitFor();
    await harmless();

    writeFileSync(file, `{"causewayChoose": 1, "engines": ${SCRIPT}`);
    await window.go('home');
    await window.go('choose');
    await page.getByRole('alert').getByText(words.problem).waitFor();
    await harmless();
    // It can be measured again; the old file is kept.
    await button(words.runRow(words.run, 'Where clients run')).click();
    await expect.poll(() => held('deployment', 'yes').count(), { timeout: 60_000 }).toBe(2);
    expect(readFileSync(join(dirname(file), 'choose.json.damaged'), 'utf8')).toContain(SCRIPT);
    await harmless();
  });
});
