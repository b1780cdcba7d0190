// @vitest-environment happy-dom
import '../../browser.ts';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FleetPlan, FleetWave } from '../../../../core/protocol/fleet.ts';
import { HOSTILE } from '../../../../renderer/client/fakeData.ts';
import { createFakeLab, type FakeLab } from '../../../../renderer/client/fakeLab.ts';
import { FleetScreen } from '../../../../renderer/screens/fleet/FleetScreen.tsx';
import { show } from '../../show.tsx';

let lab: FakeLab;
let planned: FleetPlan;

const wave = (change: Partial<FleetWave> = {}): FleetWave => ({
  wave: 1,
  kind: 'find',
  target: { all: true },
  qos: 1,
  store: true,
  atMs: 100,
  addressed: 4,
  sent: 1,
  delivered: 0,
  storedOffline: 0,
  dropped: 0,
  answered: 0,
  refused: 0,
  t50: null,
  t95: null,
  t100: null,
  histogram: { bounds: [50, 100], counts: [0, 0] },
  ...change,
});

async function open(): Promise<string> {
  show(<FleetScreen argument={undefined} />, { link: lab.link });
  await screen.findByRole('button', { name: 'Start the IoV demo' });
  act(() => lab.startRun({ phase: 'running' }));
  await screen.findByRole('application');
  return planned.runId;
}

beforeEach(() => {
  lab = createFakeLab();
  lab.answer('fleet.open', (({ id }: { readonly id: string }) => {
    planned = {
      runId: id,
      population: 'fleet',
      vehicles: 4,
      width: 1_000,
      height: 800,
      river: { south: 300, north: 400 },
      roads: [{ x1: 0, y1: 0, x2: 1_000, y2: 0, street: 'ring', kind: 'road' }],
      districts: ['north', HOSTILE],
      areas: [
        { x1: 0, y1: 400, x2: 1_000, y2: 800 },
        { x1: 0, y1: 0, x2: 1_000, y2: 300 },
      ],
      kinds: ['find', 'stop', 'notice'],
      targets: ['one', 'district', 'all'],
      waves: [],
    };
    return planned;
  }) as never);
  lab.answer('fleet.close', () => null);
  lab.answer('fleet.command', () => wave());
});

describe('the fleet map', () => {
  it('starts the demo with the seed and the number of vehicles chosen', async () => {
    show(<FleetScreen argument={undefined} />, { link: lab.link });
    fireEvent.click(await screen.findByText('5,000'));
    const start = screen.getByRole('button', { name: 'Start the IoV demo' });
    await waitFor(() => expect((start as HTMLButtonElement).disabled).toBe(false));
    fireEvent.click(start);
    await waitFor(() => expect(lab.inputs('runs.start')).toHaveLength(1));
    expect(lab.inputs('runs.start')[0]).toMatchObject({ overrides: { scale: 5, seed: 7 } });
    await screen.findByRole('application');
  });

  it('counts the vehicles by state and by district, and shows hostile names harmless', async () => {
    const id = await open();
    const bytes = Buffer.alloc(32);
    for (const [i, state] of [1, 18, 4, 22].entries()) bytes.set([9, 9, 9, 9, 0, state, 30, 0], i * 8);
    act(() => lab.push({ push: 'fleet', id, atMs: 1_000, vehicles: bytes.toString('base64') }));
    await waitFor(() => expect(screen.getByRole('list', { name: 'Vehicles by state' }).textContent).toContain('No network2'));
    const legend = screen.getByRole('list', { name: 'Vehicles by state' }).textContent;
    for (const said of ['Online2', 'Kept1', 'Done1', 'Commanded0']) expect(legend).toContain(said);
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows[1]).toBe('north221');
    expect(document.querySelector('img')).toBeNull();
    expect(document.body.textContent).not.toContain('\u202e');
  });

  it('sends to all, and reads the wave out as it grows', async () => {
    const id = await open();
    fireEvent.click(screen.getByRole('button', { name: 'All' }));
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByText(/0 of 4 answered/);
    expect(lab.inputs('fleet.command')).toEqual([{ id, kind: 'find', target: { all: true }, qos: 1, store: true }]);
    act(() => lab.push({ push: 'wave', id, wave: wave({ answered: 3, refused: 1, t50: 80 }) }));
    await screen.findByText(/3 of 4 answered/);
    expect(screen.getByText('80 ms')).toBeTruthy();
  });

  it('tells the newest wave and the states of its vehicles together', async () => {
    const id = await open();
    const told = (states: readonly number[], change: Partial<FleetWave>) =>
      act(() => {
        const bytes = Buffer.alloc(32);
        for (const [i, state] of states.entries()) bytes.set([9, 9, 9, 9, 0, state, 30, 0], i * 8);
        lab.push({ push: 'fleet', id, atMs: 1_000, vehicles: bytes.toString('base64') });
        lab.push({ push: 'wave', id, wave: wave(change) });
      });
    const legend = () => screen.getByRole('list', { name: 'Vehicles by state' }).textContent;
    // Faster than figures by themselves are told.
    for (const [states, answered, done] of [
      [[3, 3, 3, 3], 0, 0],
      [[4, 3, 4, 3], 2, 2],
      [[4, 5, 4, 4], 4, 3],
    ] as const) {
      told(states, { answered, refused: answered - done });
      expect(screen.getByText(new RegExp(`${answered} of 4 answered`))).toBeTruthy();
      expect(legend()).toContain(`Done${done}`);
    }
  });

  it('shows the answer times as a table, too', async () => {
    const id = await open();
    act(() => lab.push({ push: 'wave', id, wave: wave({ answered: 3, histogram: { bounds: [50, 100], counts: [1, 2] } }) }));
    fireEvent.click(await screen.findByRole('button', { name: 'Answer times: Show as a table' }));
    const rows = within(screen.getByRole('table', { name: 'Answer times' })).getAllByRole('row');
    expect(rows.map((row) => row.textContent)).toEqual(['TookAnswers', '0 µs to 50 ms1', '50 ms to 100 ms2']);
  });

  it('chooses a vehicle by its number, without a pointer', async () => {
    await open();
    const field = screen.getByRole('textbox', { name: 'Choose a vehicle by its number, 0 to 3' });
    fireEvent.change(field, { target: { value: '2' } });
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(lab.inputs('fleet.command')).toMatchObject([{ target: { members: [2] } }]));
  });

  it('asks before it stops everybody', async () => {
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'All' }));
    fireEvent.click(screen.getByRole('button', { name: 'Emergency stop' }));
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(lab.inputs('fleet.command')).toEqual([]);
    fireEvent.click(await screen.findByRole('button', { name: 'Stop them all' }));
    await waitFor(() => expect(lab.inputs('fleet.command')).toHaveLength(1));
  });

  it('says why the lab refused a command', async () => {
    await open();
    lab.refuse('fleet.command', { code: 'fleet.refused', message: 'no command: the run is draining', hint: 'start anew' });
    fireEvent.click(screen.getByRole('button', { name: 'All' }));
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect((await screen.findByRole('alert')).textContent).toContain('the run is draining');
  });

  it('is presented by keys: everybody is stopped only at the second go', async () => {
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Present' }));
    await screen.findByText('The fleet reports');
    for (let i = 0; i < 3; i += 1) fireEvent.keyDown(document.body, { key: 'ArrowRight' });
    await screen.findByText('Everybody stops');
    fireEvent.keyDown(document.body, { key: ' ' });
    await screen.findByText(/Space once more/);
    expect(lab.inputs('fleet.command')).toEqual([]);
    fireEvent.keyDown(document.body, { key: ' ' });
    await waitFor(() => expect(lab.inputs('fleet.command')).toMatchObject([{ kind: 'stop', target: { all: true } }]));
    fireEvent.keyDown(document.body, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByText('Everybody stops')).toBeNull());
  });

  it('leaves keys to fields, buttons and dialogs while it is presented', async () => {
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Present' }));
    for (let i = 0; i < 2; i += 1) fireEvent.keyDown(document.body, { key: 'ArrowRight' });
    await screen.findByText('A district is told');
    fireEvent.keyDown(screen.getByRole('button', { name: 'Step back' }), { key: ' ' });
    const palette = document.createElement('div');
    palette.innerHTML = '<section role="dialog"><input /></section>';
    document.body.append(palette);
    for (const target of [document.body, palette.querySelector('input')!])
      for (const key of [' ', 'ArrowLeft', 'Escape']) fireEvent.keyDown(target, { key });
    palette.remove();
    expect(screen.getByText('A district is told')).toBeTruthy();
    fireEvent.keyDown(document.body, { key: ' ' });
    await waitFor(() => expect(lab.inputs('fleet.command')).toHaveLength(1));
  });

  it('keeps the map when the run is over, and says so', async () => {
    await open();
    act(() => lab.finish());
    expect((await screen.findByRole('status')).textContent).toContain('The run is over');
    expect(screen.getByRole('application')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'All' }));
    expect((screen.getByRole('button', { name: 'Send' }) as HTMLButtonElement).disabled).toBe(true);
  });

  it('says that a run has no vehicles', async () => {
    lab.answer('fleet.open', () => null);
    show(<FleetScreen argument={undefined} />, { link: lab.link });
    await screen.findByRole('button', { name: 'Start the IoV demo' });
    act(() => lab.startRun({ phase: 'running' }));
    await screen.findByText('The run under way has no vehicles with positions');
  });
});
