// @vitest-environment happy-dom
import '../browser.ts';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeStatus, fakeView, HOSTILE } from '../../../renderer/client/fakeData.ts';
import { createFakeLab, type FakeLab } from '../../../renderer/client/fakeLab.ts';
import { fakeResult } from '../../../renderer/client/fakeResult.ts';
import { RunScreen } from '../../../renderer/screens/run/RunScreen.tsx';
import { show } from '../show.tsx';

let lab: FakeLab;
beforeEach(() => {
  lab = createFakeLab();
});
const open = (id?: string) => show(<RunScreen argument={id} />, { link: lab.link });
const chip = (name: RegExp) => screen.getByRole('button', { name });

describe('the Run screen', () => {
  it('offers scenarios where nothing has run, and shows the run that is started', async () => {
    open();
    const offers = await screen.findByRole('list', { name: 'Scenarios to start now' });
    fireEvent.click(within(offers).getByRole('button', { name: 'IoV fleet' }));
    await screen.findByRole('heading', { level: 1, name: 'IoV fleet' });
    expect(lab.inputs('runs.start')).toEqual([{ scenario: { path: '/opt/causeway/scenarios/iov-fleet.yaml' } }]);
  });

  it('follows a run to its verdict; pause and stop reach the lab', async () => {
    open();
    act(() => lab.startRun({ phase: 'running' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Pause' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Resume' }));
    await screen.findByRole('button', { name: 'Pause' });
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    await screen.findByText('Draining');
    expect(['runs.pause', 'runs.resume', 'runs.stop'].map((call) => lab.inputs(call as 'runs.stop').length)).toEqual([1, 1, 1]);
    act(() => {
      lab.frames(12);
      lab.finish();
    });
    await screen.findByText('Passed');
    expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
    expect(chip(/Nothing lost/).textContent).toContain('kept');
  });

  it('injects a fault, and says which chip must notice it', async () => {
    open();
    act(() => lab.startRun({ phase: 'running' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Inject a fault' }));
    fireEvent.click(await screen.findByRole('radio', { name: /Down/ }));
    fireEvent.click(screen.getByRole('radio', { name: '10 ×' }));
    const wrong = await screen.findByRole('button', { name: /Write a wrong property/ });
    expect(wrong.textContent).toContain('“Mapping” must turn red');
    fireEvent.click(wrong);
    await waitFor(() =>
      expect(lab.inputs('runs.inject')).toEqual([{ id: fakeStatus().id, inject: 'property', direction: 'down', count: 10 }]),
    );
  });

  it('shows a run of another day from its folder, with failing messages down to their bytes', async () => {
    lab.answer('runs.view', () =>
      fakeView({ status: fakeStatus({ id: 'old', phase: 'done' }), result: fakeResult({ runId: 'old' }, 3) }),
    );
    const { container } = open('old');
    await screen.findByText('Failed');
    expect(lab.inputs('runs.view')).toEqual([{ id: 'old' }]);
    fireEvent.click(await screen.findByRole('button', { name: /3 of 30,000 wrong/ }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('Expected').nextSibling?.textContent).toBe('1');
    // What was found is hostile: shown letter by letter, never as markup.
    expect(within(dialog).getByText('Found').nextSibling?.textContent).toContain('\\u202egnp.exe');
    expect(dialog.textContent).toContain('GID_vehicle@@@03-0017');
    expect(container.ownerDocument.querySelector('img')).toBeNull();
  });

  it('says of a run that is over what was damaged on purpose, also where the verdict does not', async () => {
    const faultsInjected = { 'up.drop': 0, 'down.property': 3, 'up.corrupt': 1 };
    lab.answer('runs.view', () =>
      fakeView({ status: fakeStatus({ id: 'old', phase: 'done' }), result: fakeResult({ runId: 'old', faultsInjected }) }),
    );
    open('old');
    const why = await screen.findByRole('region', { name: 'Why' });
    expect(why.textContent).toContain('Damaged on purpose: Write a wrong property, Down, 3 × · Corrupt the payload, Up, 1 ×');
    expect(why.textContent).not.toContain('Drop');
  });

  it('never lets a text from scenario, device or file become markup', async () => {
    const { container } = open();
    act(() =>
      lab.startRun({
        phase: 'running',
        scenario: HOSTILE,
        broker: `mqtt://${HOSTILE}`,
        populations: [{ name: HOSTILE, actor: HOSTILE, count: 1 }],
        services: [{ name: HOSTILE, consumes: [HOSTILE], commands: [] }],
        thresholds: [{ text: HOSTILE, metric: HOSTILE }],
      }),
    );
    await screen.findByRole('heading', { level: 1 });
    act(() => {
      lab.push({ push: 'event', id: fakeStatus().id, event: { atMs: 1, level: 'warn', text: HOSTILE, data: { a: HOSTILE } } });
      lab.frames(4);
    });
    await screen.findByRole('log');
    expect(container.querySelector('img')).toBeNull();
    expect(container.textContent).not.toContain('\u202e');
    expect(container.textContent).toContain('\\u202egnp.exe');
  });

  it('says why a run failed to start and leads to the place in the scenario', async () => {
    open();
    act(() =>
      lab.startRun({
        phase: 'failed',
        error: {
          code: 'scenario.invalid',
          message: 'the scenario has 1 problem',
          hint: 'correct it',
          problems: [
            { path: '/data/ada/my.yaml', line: 4, column: 3, message: 'unknown key "durations"', suggestion: 'duration' },
          ],
        },
      }),
    );
    const alert = await screen.findByRole('alert');
    for (const part of ['the scenario has 1 problem', 'correct it', 'line 4, column 3', 'durations'])
      expect(alert.textContent).toContain(part);
    fireEvent.click(within(alert).getByRole('button', { name: /editor/ }));
    expect(window.location.hash).toBe('#/editor/%2Fdata%2Fada%2Fmy.yaml');
  });

  it('saves what the lab exports under its name', async () => {
    const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    open('old');
    fireEvent.click(await screen.findByRole('button', { name: 'Export' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: /Result \(JSON\)/ }));
    await waitFor(() => expect(saved).toHaveBeenCalledOnce());
    expect(lab.inputs('runs.export')).toEqual([{ id: 'old', format: 'json' }]);
    expect((saved.mock.contexts[0] as HTMLAnchorElement).download).toBe('result.json');
    saved.mockRestore();
  });

  it('says that a run is not there', async () => {
    lab.refuse('runs.view', { code: 'run.unknown', message: 'there is no run "gone"', hint: 'see the list' });
    open('gone');
    expect((await screen.findByRole('alert')).textContent).toContain('there is no run "gone"');
  });
});
