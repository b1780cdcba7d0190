// @vitest-environment happy-dom
import './browser.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EditorState } from '@codemirror/state';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScenarioCheck, WindowInput } from '../../core/protocol/window.ts';
import { scenarioJsonSchema } from '../../core/scenario/jsonSchema.ts';
import { parseScenario } from '../../core/scenario/loader.ts';
import { createFakeLab, type FakeLab } from '../../renderer/client/fakeLab.ts';
import { codeOutfit } from '../../renderer/screens/editor/codeOutfit.ts';
import { EditorScreen } from '../../renderer/screens/editor/EditorScreen.tsx';
import { bufferOf, type ScenarioBuffer } from '../../renderer/screens/editor/scenarioBuffer.ts';
import { en } from '../../renderer/text/en.ts';
import { zh } from '../../renderer/text/zh.ts';
import { show } from './show.tsx';

const PATH = '/shipped/iov-fleet.yaml';
const FLEET = readFileSync(join(import.meta.dirname, '../../scenarios/iov-fleet.yaml'), 'utf8');
const HOSTILE = '<img src=x onerror="window.owned=1">\u202egnp';

/** The loader itself answers. */
function checked({ text }: WindowInput<'scenarios.check'>): ScenarioCheck {
  try {
    parseScenario(text, PATH);
    return { problems: [], warnings: [], explanation: null };
  } catch (error) {
    return { problems: (error as { problems?: ScenarioCheck['problems'] }).problems ?? [], warnings: [], explanation: null };
  }
}

let lab: FakeLab;
let buffer: ScenarioBuffer;
beforeEach(() => {
  localStorage.clear();
  lab = createFakeLab();
  lab.answer('scenarios.schema', () => scenarioJsonSchema());
  lab.answer('scenarios.read', () => ({ path: PATH, text: FLEET, shipped: true }));
  lab.answer('scenarios.check', checked as never);
});

afterEach(() => buffer?.close());

async function opened(argument: string = PATH) {
  const shown = show(<EditorScreen argument={argument} />, { link: lab.link });
  buffer = bufferOf(shown.client);
  await screen.findByDisplayValue('IoV fleet');
  await waitFor(() => expect(buffer.schema).toBeDefined());
  return shown;
}
const field = (place: string): HTMLInputElement => {
  const found = document.querySelector<HTMLInputElement>(`[data-place="${place}"]`);
  if (found === null) throw new Error(`no field ${place}`);
  return found;
};
const tab = (name: RegExp): void => void fireEvent.click(screen.getByRole('tab', { name }));
const idle = () => waitFor(() => expect(buffer.view().checking).toBe(false));

describe('the scenario editor', () => {
  it('writes what is typed in the form into the file, and nothing else', async () => {
    await opened();
    tab(/^Devices/);
    fireEvent.change(field('populations.fleet.count'), { target: { value: '250' } });
    expect(buffer.view().text).toBe(FLEET.replace('count: 1000', 'count: 250'));
    fireEvent.change(field('populations.fleet.outages.share'), { target: { value: '20%' } });
    expect(buffer.view().text).toBe(FLEET.replace('count: 1000', 'count: 250').replace('share: 5%', 'share: 20%'));
    fireEvent.click(field('populations.fleet.client.cleanSession'));
    expect(buffer.view().text).toContain('cleanSession: true\n');
  });

  it('follows what is typed in the YAML, and undo is one for both', async () => {
    await opened();
    tab(/^Devices/);
    fireEvent.change(field('populations.fleet.count'), { target: { value: '250' } });
    act(() => void buffer.edit([{ place: ['duration'], value: '5m' }]));
    tab(/^Scenario/);
    expect(field('duration').value).toBe('5m');
    act(() => buffer.undo());
    act(() => buffer.undo());
    expect(buffer.view().text).toBe(FLEET);
    expect(field('duration').value).toBe('30s');
    act(() => buffer.redo());
    expect(buffer.view().text).not.toBe(FLEET);
  });

  it('keeps an emptied field until it is left, then the key goes and the default applies', async () => {
    await opened();
    fireEvent.change(field('seed'), { target: { value: '' } });
    expect(buffer.view().text).toBe(FLEET);
    fireEvent.blur(field('seed'));
    expect(buffer.view().text).toBe(FLEET.replace(/^seed:.*\n/m, ''));
    expect(field('seed').placeholder).toContain('42');
    fireEvent.change(field('seed'), { target: { value: '9' } });
    expect(buffer.view().text).toBe(FLEET.replace('seed: 7', 'seed: 9'));
  });

  it('leaves the form as it was when the YAML is broken, and says so', async () => {
    await opened();
    const broken = FLEET.replace('duration: 30s', 'duration: [30s');
    act(() => buffer.replaceText(broken));
    expect(screen.getByText(/cannot be read at line/)).toBeTruthy();
    expect(field('duration').value).toBe('30s');
    expect(field('duration').closest('fieldset[disabled]')).not.toBeNull();
    act(() => buffer.replaceText(FLEET.replace('duration: 30s', 'duration: 31s')));
    expect(field('duration').value).toBe('31s');
    expect(field('duration').closest('fieldset[disabled]')).toBeNull();
  });

  it("shows the loader's problems at their field, in the list and at the tab", async () => {
    await opened();
    tab(/^Devices/);
    fireEvent.change(field('populations.fleet.count'), { target: { value: 'many' } });
    await idle();
    await waitFor(() => expect(field('populations.fleet.count').getAttribute('aria-invalid')).toBe('true'));
    expect(screen.getByRole('tab', { name: /^Devices/ }).textContent).toContain('1');
    expect(within(screen.getByRole('region', { name: 'Problems' })).getAllByRole('button')).toHaveLength(1);
    expect((screen.getByRole('button', { name: 'Run from here' }) as HTMLButtonElement).disabled).toBe(true);
    fireEvent.change(field('populations.fleet.count'), { target: { value: '10' } });
    await idle();
    await waitFor(() => expect(field('populations.fleet.count').getAttribute('aria-invalid')).not.toBe('true'));
  });

  it('takes no answer for a text that has changed since', async () => {
    await opened();
    await idle();
    const problem = { path: PATH, line: 1, column: 1, message: 'late', suggestion: undefined } as never;
    const late: { answer?: () => void } = {};
    lab.answer('scenarios.check', (() => {
      // Between question and answer the text changes.
      late.answer?.();
      return { problems: [problem], warnings: [], explanation: null };
    }) as never);
    late.answer = () => {
      late.answer = () => {};
      lab.answer('scenarios.check', checked as never);
      buffer.edit([{ place: ['seed'], value: 12 }]);
    };
    act(() => void buffer.edit([{ place: ['seed'], value: 11 }]));
    await idle();
    await waitFor(() => expect(lab.inputs('scenarios.check').length).toBeGreaterThanOrEqual(3));
    await idle();
    expect(buffer.view().problems).toEqual([]);
  });

  it('saves a changed shipped file only under a name of its own', async () => {
    lab.answer('scenarios.save', (({ name }: { name: string }) => ({ path: `/mine/${name}.yaml` })) as never);
    await opened();
    fireEvent.change(field('seed'), { target: { value: '8' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Save in the lab' }));
    await waitFor(() => expect(buffer.view().path).toBe('/mine/iov-fleet-copy.yaml'));
    expect(lab.inputs('scenarios.save')).toEqual([{ text: FLEET.replace('seed: 7', 'seed: 8'), name: 'iov-fleet-copy' }]);
    expect(buffer.view()).toMatchObject({ dirty: false, shipped: false });
  });

  it('asks before changes are lost, and runs what stands there', async () => {
    await opened();
    fireEvent.change(field('seed'), { target: { value: '8' } });
    await idle();
    fireEvent.click(screen.getByRole('button', { name: 'New' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Keep editing' }));
    expect(buffer.view().dirty).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Run from here' }));
    fireEvent.change(await screen.findByLabelText('Duration, seconds'), { target: { value: '5' } });
    fireEvent.click(screen.getByRole('button', { name: 'Run' }));
    await waitFor(() => expect(lab.inputs('runs.start')).toHaveLength(1));
    expect(lab.inputs('runs.start')[0]).toEqual({
      scenario: { text: buffer.view().text, name: 'iov-fleet' },
      overrides: { durationMs: 5000 },
    });
  });

  it('has unsaved changes asked about when the window closes, also from another screen', async () => {
    const asked = (): boolean => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    const { unmount } = await opened();
    expect(asked()).toBe(false);
    fireEvent.change(field('seed'), { target: { value: '8' } });
    unmount();
    expect(asked()).toBe(true);
    buffer.undo();
    expect(asked()).toBe(false);
  });

  it('says that an uploaded file is too large to be a scenario', async () => {
    show(<EditorScreen argument={undefined} />, { link: lab.link });
    const input = document.querySelector<HTMLInputElement>('input[type="file"]')!;
    const upload = (text: string) => fireEvent.change(input, { target: { files: [new File([text], 'big.yaml')] } });
    upload('#'.repeat(1_048_577));
    expect((await screen.findByRole('alert')).textContent).toContain('1 MiB');
    upload(FLEET);
    await screen.findByDisplayValue('IoV fleet');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('has no word of another language around its YAML', () => {
    const outfit = (text: typeof en.editor) =>
      EditorState.create({
        extensions: codeOutfit({ schema: () => undefined, data: () => undefined, text, describedBy: '' }),
      });
    for (const phrase of Object.keys(en.editor.code)) {
      expect(outfit(en.editor).phrase(phrase)).toBe(phrase);
      expect(outfit(zh.editor).phrase(phrase)).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('renames a population also where commands speak of it', async () => {
    await opened();
    tab(/^Devices/);
    const name = screen.getByLabelText('Name (Devices)');
    fireEvent.change(name, { target: { value: 'cars' } });
    fireEvent.blur(name);
    expect(buffer.view().text).toBe(FLEET.replace('  fleet:', '  cars:').replaceAll('population: fleet', 'population: cars'));
  });

  it('says which parts are only in the YAML and loses none of them', async () => {
    await opened();
    tab(/^Devices/);
    expect(screen.getByRole('button', { name: 'Show react in the YAML' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Show body in the YAML' })).toBeTruthy();
  });

  it('shows hostile text as text', async () => {
    lab.answer('scenarios.read', () => ({
      path: PATH,
      text: `causeway: 1\nname: ${JSON.stringify(HOSTILE)}\n"${'x'.repeat(50)}<b>": 1\n`,
      shipped: false,
    }));
    show(<EditorScreen argument={PATH} />, { link: lab.link });
    await screen.findByDisplayValue(HOSTILE);
    expect(document.querySelector('img')).toBeNull();
    expect((window as { owned?: number }).owned).toBeUndefined();
  });
});
