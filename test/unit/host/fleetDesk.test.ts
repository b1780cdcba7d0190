/** Windows that open and close the fleet map again and again. */
import { expect, it } from 'vitest';
import { FleetDesk } from '../../../core/host/fleetDesk.ts';
import type { LiveRun } from '../../../core/host/liveRun.ts';
import type { Caller } from '../../../core/host/types.ts';

it('a window is listened to once, and its end closes the map', async () => {
  const memory = { open: false };
  const fleet = { memory, plan: () => ({}), positions: () => ({}), changes: () => [] };
  const run = { id: 'r', fleet, ended: new Promise(() => undefined) } as unknown as LiveRun;
  const desk = new FleetDesk(() => run);
  const calls = desk.calls();
  const listeners: (() => void)[] = [];
  const window: Caller = { push: () => undefined, onDetach: (listener) => void listeners.push(listener) };
  for (let i = 0; i < 3; i += 1) {
    await calls['fleet.open']({ id: 'r' }, window);
    expect(memory.open).toBe(true);
    await calls['fleet.close']({ id: 'r' }, window);
    expect(memory.open).toBe(false);
  }
  await calls['fleet.open']({ id: 'r' }, window);
  expect(listeners).toHaveLength(1);
  for (const listener of listeners) listener();
  expect(memory.open).toBe(false);
  desk.close();
});
