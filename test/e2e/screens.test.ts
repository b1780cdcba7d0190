/** Every screen with data: for everybody (axe, dark and light), and with texts that want to do harm. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../renderer/text/en.ts';
import { BROWSER, type OpenedWindow, titled } from './hosts.ts';
import { CONTROLS, HOSTILE, REVERSED, SCRIPT } from './texts.ts';
import { Window } from './window.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

describe.skipIf(BROWSER.missing !== undefined)(titled('every screen, with data', BROWSER), () => {
  let opened: OpenedWindow;
  let window: Window;
  beforeAll(async () => {
    opened = await BROWSER.open({
      // A name may be any text; a file that cannot be read must be harmless, too.
      'data/causeway/scenarios/hostile.yaml': hostileScenario(),
      'data/causeway/scenarios/broken.yaml': `causeway: 1\nname: ${JSON.stringify(SCRIPT)}\n${JSON.stringify(HOSTILE)}: 1\n`,
    });
    window = new Window(opened.page);
    await window.connected();
    for (let i = 0; i < 2; i += 1) {
      await window.go('home');
      await window.home.start('Small');
      await window.run.verdict();
    }
  });
  afterAll(() => opened?.close());

  const findings = async (): Promise<string[]> => {
    // As the debugger does: the page's own policy lets no script in.
    await opened.page.evaluate(`${AXE}; undefined`);
    const found = await opened.page.evaluate<readonly Finding[]>(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({
        id, impact, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`,
    );
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary.slice(0, 300)}`,
      );
  };
  const theme = async (name: 'dark' | 'light'): Promise<void> => {
    await opened.page.getByRole('button', { name: en.shell.theme, exact: true }).click();
    await opened.page.getByRole('menuitem', { name: en.shell.themes[name] }).click();
    await opened.page.locator(`html[data-mantine-color-scheme="${name}"]`).waitFor();
    await opened.page.getByRole('menu').waitFor({ state: 'detached' });
  };

  const visits: Readonly<Record<string, () => Promise<void>>> = {
    home: async () => {
      await window.go('home');
      await window.home.runs.first().waitFor();
    },
    run: async () => {
      await window.go('run');
      await window.run.verdict();
    },
    compare: async () => {
      await window.go('home');
      await window.home.select(0);
      await window.home.select(1);
      await window.home.compare(2);
      await opened.page.getByRole('heading', { name: en.compare.figures }).waitFor();
    },
    inspect: async () => {
      await window.go('inspect');
      await window.inspect.example('p2p');
    },
    editor: async () => {
      await window.go('editor');
      if ((await opened.page.locator('.cw-start-card').count()) > 0) await window.editor.begin('minimal');
      await opened.page.locator('.cw-problems-head[data-tone]').waitFor();
    },
    settings: async () => {
      await window.go('settings');
      await opened.page.getByRole('tab', { name: en.shared.engines.kafka }).click();
    },
  };

  for (const scheme of ['light', 'dark'] as const)
    for (const [name, visit] of Object.entries(visits))
      it(`${name} has no serious finding of axe, ${scheme}`, async () => {
        await theme(scheme);
        await visit();
        expect(await findings()).toEqual([]);
      });

  describe('with hostile texts', () => {
    const harmless = async (): Promise<void> => {
      expect(await opened.page.evaluate('window.owned')).toBeUndefined();
      expect(opened.troubles).toEqual([]);
      await window.title.waitFor();
      // Nothing pushes the page out of the window.
      expect(await opened.page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
        true,
      );
    };

    it('as a scenario: listed, edited, run and shown', async () => {
      const { page } = opened;
      await window.go('home');
      await page
        .locator('.cw-home')
        .getByText(/onerror/)
        .first()
        .waitFor();
      await harmless();
      await page.getByRole('button', { name: /^Run <img/ }).click();
      await window.arrived('run');
      await window.run.verdict();
      await harmless();
      await window.go('home');
      await window.home.runs.first().waitFor();
      await harmless();
      await window.home.select(0);
      await window.home.select(1);
      await window.home.compare(2);
      await page.getByRole('heading', { name: en.compare.figures }).waitFor();
      await harmless();
    });

    it('as run folders: renamed, damaged and lying', async () => {
      const { page, folders } = opened;
      const run = readdirSync(folders.runs).sort()[0]!;
      const copy = join(folders.runs, '2099-01-01T00-00-00 <img src=x onerror=window.owned=1>');
      cpSync(join(folders.runs, run), copy, { recursive: true });
      const file = join(copy, 'result.json');
      const strings = (value: unknown): unknown =>
        typeof value === 'string' && !/^(pass|fail|invalid|\d{4}-)/.test(value)
          ? value.length > 3
            ? `${value}${SCRIPT}`
            : value
          : Array.isArray(value)
            ? value.map(strings)
            : typeof value === 'object' && value !== null
              ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, strings(inner)]))
              : value;
      writeFileSync(file, JSON.stringify(strings(JSON.parse(readFileSync(file, 'utf8')))));
      const damaged = join(folders.runs, '2098-01-01T00-00-00-damaged');
      mkdirSync(damaged);
      writeFileSync(join(damaged, 'result.json'), `{"schema": "${HOSTILE.replaceAll('"', '')}"`);
      await page.reload();
      await window.go('home');
      await window.home.runs.first().waitFor();
      await harmless();
    });

    it('as messages: topics, client IDs, keys, properties and payloads, a topic of a megabyte, too', async () => {
      const { page } = opened;
      const { inspect } = window;
      await window.go('inspect');
      await inspect.side('mqtt');
      for (const text of [HOSTILE, CONTROLS, 'x'.repeat(1_000_000)]) {
        await inspect.fill(en.inspect.topic, text);
        await inspect.fill(en.inspect.clientId, text.slice(0, 5_000));
        await page.getByRole('textbox', { name: en.inspect.payload }).fill(text.slice(0, 5_000));
        await inspect.send();
        await harmless();
      }
      await inspect.fill(en.inspect.topic, 'home/ok');
      await inspect.side('mq');
      await inspect.example('userProperty');
      await page.getByLabel(en.inspect.propertyKey, { exact: true }).last().fill(SCRIPT);
      await page
        .getByRole('textbox', { name: new RegExp(`^${en.inspect.propertyValue} `) })
        .last()
        .fill(HOSTILE);
      await inspect.send();
      await harmless();
      await window.go('home');
      await window.go('inspect');
      await harmless();
    });

    it('in the editor', async () => {
      const { page } = opened;
      await page.goto(`${page.url().replace(/#.*/, '')}#/editor`);
      await window.arrived('editor');
      if ((await page.locator('.cw-start-card').count()) > 0) await window.editor.begin('minimal');
      await window.editor.field('name').fill(HOSTILE);
      await window.editor.field('description').fill(CONTROLS.replace(/[^ -~]/g, '') + SCRIPT);
      await page.locator('.cw-problems-head[data-tone]').waitFor();
      await harmless();
    });
  });
});

function hostileScenario(): string {
  const name = JSON.stringify(`${SCRIPT}${REVERSED}`);
  return `causeway: 1
name: ${name}
description: ${name}
duration: 2s
gateway:
  profile: lenient
  topics:
    up: { direction: up }
populations:
  devices:
    actor: sensor
    count: 5
    clientId: ${JSON.stringify(`${SCRIPT.replaceAll(/[{}]/g, '')}{id}`)}
    publish:
      value:
        topic: ${JSON.stringify(`up/{id}/${SCRIPT.replaceAll(/[{}#+]/g, '')}`)}
        qos: 1
        schedule: { every: 500ms }
        body: { text: ${JSON.stringify(SCRIPT)} }
services:
  reader:
    consume: { topics: [up], group: GID_reader }
`;
}
