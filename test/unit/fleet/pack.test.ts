import { describe, expect, it } from 'vitest';
import { FleetMemory } from '../../../core/fleet/memory.ts';
import { FleetPacker, PATIENCE_US, SHOWN_US } from '../../../core/fleet/pack.ts';
import { VEHICLE_BYTES, VEHICLE_STATE } from '../../../core/protocol/fleet.ts';

const WIDTH = 6000;
const HEIGHT = 4000;

/** One vehicle that reported at 1 s. */
function fleet(
  changes: Partial<Record<'x' | 'y' | 'speed' | 'heading' | 'commandedUs' | 'answeredUs' | 'failedUs', number>> = {},
) {
  const memory = FleetMemory.allocate(1);
  const set = { x: 3000, y: 1000, speed: 50, heading: 90, reportedUs: 1_000_000, ...changes };
  for (const [column, value] of Object.entries(set)) memory[column as 'x'][0] = value;
  const packer = new FleetPacker(memory, WIDTH, HEIGHT);
  const at = (atUs: number, online: boolean | undefined = true) => packer.pack(atUs, () => online);
  return { at, state: (atUs: number, online?: boolean) => at(atUs, online)[5] };
}

describe('a packed vehicle', () => {
  it('is where its report says, in the units of the protocol', () => {
    const bytes = fleet().at(2_500_000);
    expect(bytes).toHaveLength(VEHICLE_BYTES);
    expect(bytes.readUInt16LE(0) / 65_535).toBeCloseTo(0.5, 4);
    expect(bytes.readUInt16LE(2) / 65_535).toBeCloseTo(0.25, 4);
    expect([...bytes.subarray(4)]).toEqual([64, VEHICLE_STATE.online, 50, 15]);
  });

  it.each([
    ['outside the city', { x: -5, y: 1e9 }, [0, 65_535]],
    ['nowhere', { x: Number.NaN, y: Number.NaN }, [0, 0]],
  ])('stays within its bytes %s', (_, changes, expected) => {
    const bytes = fleet({ ...changes, speed: 1e6, heading: 360 }).at(1e12);
    expect([bytes.readUInt16LE(0), bytes.readUInt16LE(2)]).toEqual(expected);
    expect([bytes[4], bytes[6], bytes[7]]).toEqual([0, 255, 255]);
  });

  it('that has never been heard of is unknown, and has no age', () => {
    const bytes = new FleetPacker(FleetMemory.allocate(2), WIDTH, HEIGHT).pack(5_000_000, () => false);
    expect([bytes[5], bytes[7], bytes[13], bytes[15]]).toEqual([VEHICLE_STATE.unknown, 255, VEHICLE_STATE.unknown, 255]);
  });

  it('is without network when the gateway says so, or is silent where nobody can tell', () => {
    const { packer, memory } = (() => {
      const memory = FleetMemory.allocate(1);
      memory.reportedUs[0] = 1_000_000;
      return { memory, packer: new FleetPacker(memory, WIDTH, HEIGHT) };
    })();
    expect(packer.pack(1_100_000, () => false)[5]).toBe(VEHICLE_STATE.offline);
    expect(packer.pack(1_200_000, () => undefined)[5]).toBe(VEHICLE_STATE.online);
    expect(packer.pack(60_000_000, () => undefined)[5]).toBe(VEHICLE_STATE.offline);
    memory.reportedUs[0] = 60_500_000;
    expect(packer.pack(61_000_000, () => undefined)[5]).toBe(VEHICLE_STATE.online);
  });
});

describe('the state after a command', () => {
  it('is commanded, then answered for a while, then online', () => {
    expect(fleet({ commandedUs: 2_000_000 }).state(2_100_000)).toBe(VEHICLE_STATE.commanded);
    const answered = fleet({ commandedUs: 2_000_000, answeredUs: 2_200_000 });
    expect(answered.state(2_300_000)).toBe(VEHICLE_STATE.answered);
    expect(answered.state(2_300_000 + SHOWN_US)).toBe(VEHICLE_STATE.online);
  });

  it('is failed for a while after a refusal, and without an answer in time', () => {
    const refused = fleet({ commandedUs: 2_000_000, failedUs: 2_200_000 });
    expect(refused.state(2_300_000)).toBe(VEHICLE_STATE.failed);
    expect(refused.state(2_300_000 + SHOWN_US)).toBe(VEHICLE_STATE.online);
    const silent = fleet({ commandedUs: 2_000_000 });
    expect(silent.state(1_900_000)).toBe(VEHICLE_STATE.commanded);
    expect(silent.state(2_100_000 + PATIENCE_US)).toBe(VEHICLE_STATE.failed);
    expect(silent.state(2_100_000 + PATIENCE_US + SHOWN_US)).toBe(VEHICLE_STATE.online);
  });

  it('of a vehicle in a tunnel is offline; out of it, it has its time to answer', () => {
    const { state } = fleet({ commandedUs: 2_000_000 });
    expect(state(60_000_000, false)).toBe(VEHICLE_STATE.offline);
    expect(state(61_000_000)).toBe(VEHICLE_STATE.commanded);
    expect(state(61_100_000 + PATIENCE_US)).toBe(VEHICLE_STATE.failed);
  });

  it('is that of the newest one: a command after an answer is open again', () => {
    expect(fleet({ answeredUs: 2_000_000, commandedUs: 2_500_000 }).state(2_600_000)).toBe(VEHICLE_STATE.commanded);
    expect(fleet({ answeredUs: 2_500_000, failedUs: 2_000_000, commandedUs: 1_500_000 }).state(2_600_000)).toBe(
      VEHICLE_STATE.answered,
    );
  });
});
