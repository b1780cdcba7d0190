// @vitest-environment happy-dom
import '../browser.ts';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOSTILE } from '../../../renderer/client/fakeData.ts';
import { createFakeLab, type FakeLab } from '../../../renderer/client/fakeLab.ts';
import { HomeScreen } from '../../../renderer/screens/home/HomeScreen.tsx';
import { show } from '../show.tsx';

let lab: FakeLab;
beforeEach(() => {
  lab = createFakeLab();
});
const home = () => show(<HomeScreen argument={undefined} />, { link: lab.link });
const boxes = async () => within(await screen.findByRole('table', { name: 'Recent runs' })).getAllByRole('checkbox');

describe('Home', () => {
  it('starts the demo with one click and goes to its map', async () => {
    home();
    const button = await screen.findByRole('button', { name: 'Run the IoV demo' });
    await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
    fireEvent.click(button);
    await waitFor(() => expect(window.location.hash).toBe('#/fleet'));
    expect(lab.inputs('runs.start')).toEqual([{ scenario: { path: '/opt/causeway/scenarios/iov-demo.yaml' } }]);
  });

  it('starts each of the three scenarios from its card', async () => {
    home();
    fireEvent.click(await screen.findByRole('button', { name: 'Run Chat rooms' }));
    await waitFor(() =>
      expect(lab.inputs('runs.start')).toEqual([{ scenario: { path: '/opt/causeway/scenarios/chat-rooms.yaml' } }]),
    );
  });

  it('says why a run could not be started and what to do, and stays', async () => {
    lab.refuse('runs.start', {
      code: 'limit.ports',
      message: '4000 local ports are needed, 900 are free',
      hint: 'lower --scale',
    });
    home();
    fireEvent.click(await screen.findByRole('button', { name: 'Run IoT sensors' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('4000 local ports are needed, 900 are free');
    expect(alert.textContent).toContain('lower --scale');
    expect(window.location.hash).toBe('');
  });

  it('starts no second run beside the one under way, but leads to it', async () => {
    home();
    await screen.findByRole('button', { name: 'Run IoT sensors' });
    act(() => lab.startRun({ phase: 'running' }));
    expect((screen.getByRole('button', { name: 'Run IoT sensors' }) as HTMLButtonElement).disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Show the run' }));
    await waitFor(() => expect(window.location.hash).toBe('#/run'));
  });

  it('takes two selected runs to Compare, damaged ones not', async () => {
    home();
    const all = await boxes();
    for (const place of [0, 2, 5]) fireEvent.click(all[place] as HTMLElement);
    fireEvent.click(screen.getByRole('button', { name: 'Compare 2' }));
    const ids = '2026-03-04T10-20-30-iov-fleet,2026-03-03T18-00-00-iot-sensors';
    await waitFor(() => expect(decodeURIComponent(window.location.hash)).toBe(`#/compare/${ids}`));
  });

  it('removes the selected runs only when that was confirmed', async () => {
    home();
    fireEvent.click((await boxes())[1] as HTMLElement);
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    const dialog = await screen.findByRole('dialog');
    expect(lab.inputs('runs.remove')).toEqual([]);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(lab.inputs('runs.remove')).toEqual([{ id: '2026-03-04T10-11-02-iov-fleet' }]));
    await waitFor(async () => expect(await boxes()).toHaveLength(5));
  });

  it('lists the run that just ended', async () => {
    home();
    await boxes();
    act(() => lab.startRun({ phase: 'running' }));
    await waitFor(() => expect(lab.inputs('runs.list').length).toBeGreaterThanOrEqual(2));
    const before = lab.inputs('runs.list').length;
    act(() => lab.finish());
    await waitFor(() => expect(lab.inputs('runs.list')).toHaveLength(before + 1));
  });

  it('shows hostile names as text, with what is hidden in them made visible, and offers no run of a broken file', async () => {
    const { container } = home();
    await boxes();
    expect(container.querySelector('img')).toBeNull();
    expect(container.textContent).not.toContain('\u202e');
    expect(container.textContent).toContain('\\u202egnp.exe');
    const broken = screen
      .getAllByRole('button')
      .filter((button) => button.getAttribute('aria-label')?.startsWith(`Run ${HOSTILE.slice(0, 10)}`));
    expect(broken.map((button) => (button as HTMLButtonElement).disabled)).toEqual([true]);
    expect(container.textContent).toContain('unknown key "durations"');
  });

  it('tells newcomers what they will see, and only them', async () => {
    lab.answer('runs.list', () => []);
    home();
    await screen.findByRole('region', { name: 'What you will see' });
  });
});
