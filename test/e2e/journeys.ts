/** What people do with the window, in either host. One lab for all: later journeys find the runs of earlier ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOfScreen, SCREENS } from '../../core/protocol/screens.ts';
import { en } from '../../renderer/text/en.ts';
import { zh } from '../../renderer/text/zh.ts';
import { freePorts } from '../servers/freePorts.ts';
import type { Host, OpenedWindow } from './hosts.ts';
import { Window } from './window.ts';

export function journeys(host: Host): void {
  describe.skipIf(host.missing !== undefined)(
    `the window (${host.name}${host.missing === undefined ? '' : `: ${host.missing}`})`,
    () => {
      let opened: OpenedWindow;
      let window: Window;
      beforeAll(async () => {
        opened = await host.open();
        window = new Window(opened.page);
        await window.connected();
      });
      afterAll(() => opened?.close());

      it('runs a scenario from the first click to live charts, and to its verdict', async () => {
        const { home, run, page } = window;
        await page.getByRole('heading', { name: en.home.headline }).waitFor();
        const clicked = performance.now();
        await home.start('Small');
        await run.liveChart();
        process.stderr.write(
          `${host.name}: live charts ${((performance.now() - clicked) / 1000).toFixed(1)} s after the click\n`,
        );
        // Whatever else the machine does, nothing may be lost; a busy machine makes a run invalid, never failed.
        expect(['pass', 'invalid']).toContain(await run.verdict());
        for (const chip of ['lost', 'intact', 'order', 'mapping'] as const) await run.chip(chip, 'pass').waitFor();
        expect(await page.locator('main .recharts-surface').count()).toBeGreaterThan(2);
      });

      it('pauses, resumes and stops', async () => {
        const { home, run } = window;
        await window.go('home');
        await home.start('Long');
        await run.phase('running');
        await run.press('pause');
        await run.phase('paused');
        await run.press('resume');
        await run.phase('running');
        await run.press('stop');
        expect(['pass', 'invalid']).toContain(await run.verdict());
      });

      it('turns the right chip red when a fault is injected, and leads to what is behind it', async () => {
        const { home, run, page } = window;
        await window.go('home');
        await home.start('Long');
        await run.phase('running');
        await run.liveChart();
        await run.inject('property');
        await run.chip('mapping', 'fail').waitFor();
        await run.inject('drop');
        await run.press('stop');
        expect(await run.verdict()).toBe('fail');
        await run.chip('lost', 'fail').click();
        await page.locator('#run-ledger:focus').waitFor();
        await run.chip('mapping', 'fail').click();
        await page.locator('#run-mapping:focus').waitFor();
      });

      it('opens a past run from the list, and compares two', async () => {
        const { home, run, page } = window;
        await window.go('home');
        await expect.poll(() => home.runs.count()).toBeGreaterThanOrEqual(3);
        await home.runs.last().click();
        await window.arrived('run');
        await expect.poll(() => window.title.textContent()).toBe('Small');
        expect(await run.verdict()).not.toBeNull();
        await window.go('home');
        await home.select(0);
        await home.select(1);
        await home.compare(2);
        await window.arrived('compare');
        await page.getByRole('heading', { name: en.compare.conditions }).waitFor();
        await page.getByRole('heading', { name: en.compare.figures }).waitFor();
        expect(await page.locator('main .cw-curve').count()).toBeGreaterThanOrEqual(2);
      });

      it('sends one message up, and shows where each property went', async () => {
        const { inspect } = window;
        await window.go('inspect');
        await inspect.example('up');
        expect(await inspect.outcome.textContent()).toBe(en.inspect.outcomes.delivered);
        for (const property of ['qoslevel', 'cleansessionflag', 'mqttSecondTopic', 'clientId', 'topic', 'payload'])
          await inspect.rule(property).first().waitFor();
        await inspect.example('refusedTopic');
        expect(await inspect.outcome.textContent()).toBe(en.inspect.outcomes.refused);
      });

      it('sends one message down, each rule with its outcome', async () => {
        const { inspect } = window;
        await window.go('inspect');
        await inspect.side('mq');
        await inspect.example('p2p');
        expect(await inspect.outcome.textContent()).toBe(en.inspect.outcomes.delivered);
        await inspect.example('realTopic');
        await inspect.rule('mqttRealTopic').first().waitFor();
        await inspect.example('kept');
        expect(await inspect.outcome.textContent()).toBe(en.inspect.outcomes['stored-offline']);
        await inspect.example('notKept');
        expect(await inspect.outcome.textContent()).toBe(en.inspect.outcomes.dropped);
        await inspect.example('invalidQos');
        expect(await inspect.outcome.textContent()).toBe(en.inspect.outcomes['dead-letter']);
        await inspect.example('clientId');
        await inspect.rule('clientId').locator('[data-kind="dropped"]').first().waitFor();
      });

      it('keeps form and YAML one file, tells what is wrong with it, and runs it from there', async () => {
        const { editor, run, page } = window;
        await window.go('editor');
        await editor.begin('minimal');
        await editor.field('name').fill('From the form');
        await expect.poll(() => editor.code.textContent()).toContain('name: From the form');
        // Broken in the YAML: the form keeps what was readable, and nothing can be run.
        await editor.code.click();
        await page.keyboard.press('Control+End');
        await page.keyboard.type('\nnonsense: 1\n');
        await editor.problems.first().waitFor();
        expect(await editor.runButton.isDisabled()).toBe(true);
        for (let i = 0; i < 20 && (await editor.problems.count()) > 0; i += 1) {
          await editor.code.click();
          await page.keyboard.press('Control+z');
          await page.locator('.cw-problems-head[data-tone]').waitFor();
        }
        await expect.poll(() => editor.problems.count()).toBe(0);
        await expect.poll(() => editor.runButton.isEnabled()).toBe(true);
        await editor.runButton.click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel(en.editor.runDialog.duration).fill('2');
        await dialog.getByLabel(en.editor.runDialog.scale).fill('0.1');
        await dialog.getByRole('button', { name: en.editor.runDialog.start, exact: true }).click();
        await window.arrived('run');
        await run.verdict();
        await expect.poll(() => window.title.textContent()).toMatch(/From the form|My scenario/);
      });

      it('asks before unsaved changes are lost, whatever screen is shown', async () => {
        const { editor, page } = window;
        await window.go('editor');
        await editor.field('name').fill('Not saved');
        await window.go('home');
        const before = await opened.askedToLeave();
        await page.reload();
        await window.connected();
        expect(await opened.askedToLeave()).toBe(before + 1);
      });

      it('says clearly that an engine is not there', async () => {
        const { settings } = window;
        await window.go('settings');
        const [port] = await freePorts(1);
        await settings.testEngine('kafka', `127.0.0.1:${port}`);
        await settings.result.waitFor();
        expect(await settings.result.textContent()).toContain(en.settings.notReached);
        expect(await settings.result.textContent()).toContain(String(port));
      });

      it('speaks another language and shows another theme at once, and keeps both', async () => {
        const { page } = window;
        await page.getByRole('button', { name: en.shell.language, exact: true }).click();
        await page.getByRole('menuitem', { name: en.shell.languages.zh }).click();
        await expect.poll(() => page.locator('.cw-nav-link[data-screen="home"]').textContent()).toBe(zh.shell.nav.home);
        await page.getByRole('button', { name: zh.shell.theme, exact: true }).click();
        await page.getByRole('menuitem', { name: zh.shell.themes.dark }).click();
        await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
        await page.reload();
        await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
        await expect.poll(() => page.locator('.cw-nav-link[data-screen="home"]').textContent()).toBe(zh.shell.nav.home);
        await page.getByRole('button', { name: zh.shell.language, exact: true }).click();
        await page.getByRole('menuitem', { name: zh.shell.languages.en }).click();
        await expect.poll(() => page.locator('.cw-nav-link[data-screen="home"]').textContent()).toBe(en.shell.nav.home);
        await page.getByRole('button', { name: en.shell.theme, exact: true }).click();
        await page.getByRole('menuitem', { name: en.shell.themes.light }).click();
        await page.locator('html[data-mantine-color-scheme="light"]').waitFor();
      });

      it('can be used with the keyboard alone: palette, screens, a run from start to stop', async () => {
        const { page, run } = window;
        await window.go('home');
        await window.palette(en.shell.palette.runScenario('Long'));
        await window.arrived('run');
        await run.phase('running');
        for (const screen of [...SCREENS.filter((name) => name !== 'run'), 'run'] as const) {
          await page.keyboard.press('g');
          await page.keyboard.press(keyOfScreen(screen));
          await window.arrived(screen);
        }
        await page.keyboard.press('?');
        await page.getByRole('dialog', { name: en.shell.keys.title }).waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        await window.palette(en.shell.palette.stop);
        await run.verdict();
      });

      it('has thrown nothing and asked nothing on the way', () => {
        expect(opened.troubles).toEqual([]);
      });
    },
  );
}
