import { describe, expect, it } from 'vitest';
import { FleetMemory } from '../../../core/fleet/memory.ts';
import { FleetPacker, type Knowledge, PATIENCE_US, SHOWN_US } from '../../../core/fleet/pack.ts';
import { Standing } from '../../../core/fleet/standing.ts';
import { VEHICLE_AWAY, VEHICLE_BYTES, VEHICLE_STATE } from '../../../core/protocol/fleet.ts';

const WIDTH = 6000;
const HEIGHT = 4000;

const knowing = (online: boolean | undefined, more: Partial<Knowledge> = {}): Knowledge => ({
  online: () => online,
  kept: () => false,
  standing: undefined,
  ...more,
});

/** One vehicle that reported at 1 s. */
function fleet(
  changes: Partial<Record<'x' | 'y' | 'speed' | 'heading' | 'commandedUs' | 'answeredUs' | 'failedUs', number>> = {},
) {
  const memory = FleetMemory.allocate(1);
  const set = { x: 3000, y: 1000, speed: 50, heading: 90, reportedUs: 1_000_000, ...changes };
  for (const [column, value] of Object.entries(set)) memory[column as 'x'][0] = value;
  const packer = new FleetPacker(memory, WIDTH, HEIGHT);
  const at = (atUs: number, online: boolean | undefined = true, more: Partial<Knowledge> = {}) =>
    packer.pack(atUs, knowing(online, more));
  return {
    memory,
    at,
    state: (atUs: number, online?: boolean, more?: Partial<Knowledge>) => at(atUs, online, more)[5]! % VEHICLE_AWAY,
  };
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
    const bytes = new FleetPacker(FleetMemory.allocate(2), WIDTH, HEIGHT).pack(5_000_000, knowing(false));
    expect([bytes[5], bytes[7], bytes[13], bytes[15]]).toEqual([VEHICLE_AWAY, 255, VEHICLE_AWAY, 255]);
  });

  it('is without network when the gateway says so, or is silent where nobody can tell', () => {
    const { packer, memory } = (() => {
      const memory = FleetMemory.allocate(1);
      memory.reportedUs[0] = 1_000_000;
      return { memory, packer: new FleetPacker(memory, WIDTH, HEIGHT) };
    })();
    expect(packer.pack(1_100_000, knowing(false))[5]).toBe(VEHICLE_STATE.offline + VEHICLE_AWAY);
    expect(packer.pack(1_200_000, knowing(undefined))[5]).toBe(VEHICLE_STATE.online);
    expect(packer.pack(60_000_000, knowing(undefined))[5]).toBe(VEHICLE_STATE.offline + VEHICLE_AWAY);
    memory.reportedUs[0] = 60_500_000;
    expect(packer.pack(61_000_000, knowing(undefined))[5]).toBe(VEHICLE_STATE.online);
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

describe('the newest wave', () => {
  const WAVE = 7;
  const sent = () => new Standing(WAVE, 2_000_000, 1, [0]);
  const told = (newlyDone: readonly number[], newlyRefused: readonly number[] = [], wave = WAVE) => ({
    wave,
    sent: 1,
    answered: 1,
    refused: 0,
    t50: null,
    t95: null,
    t100: null,
    counts: [],
    newlyDone,
    newlyRefused,
  });
  const HOUR = 3_600_000_000;

  it('shows what came of it until another command, and with the figures of the wave, not before', () => {
    const { state, memory } = fleet({ commandedUs: 2_000_000, answeredUs: 2_200_000 });
    const standing = sent();
    expect(state(2_300_000, true, { standing })).toBe(VEHICLE_STATE.commanded);
    standing.progress(told([0], [], WAVE - 1));
    expect(state(2_300_000, true, { standing })).toBe(VEHICLE_STATE.commanded);
    standing.progress(told([0]));
    expect(state(2_300_000, true, { standing })).toBe(VEHICLE_STATE.answered);
    expect(state(HOUR, true, { standing })).toBe(VEHICLE_STATE.answered);
    memory.commandedUs[0] = HOUR + 100_000;
    expect(state(HOUR + 200_000, true, { standing })).toBe(VEHICLE_STATE.commanded);
  });

  it('that is for others ends what was shown of the one before', () => {
    const { state } = fleet({ commandedUs: 2_000_000, answeredUs: 2_200_000 });
    expect(state(HOUR, true, { standing: new Standing(WAVE + 1, HOUR, 1, []) })).toBe(VEHICLE_STATE.online);
  });

  it.each([
    ['a refusal', (standing: Standing) => standing.progress(told([], [0]))],
    ['a command that it will never get', (standing: Standing) => standing.lost(WAVE, [0])],
    ['no answer in time', () => undefined],
  ])('has failed for good with %s', (_, happens) => {
    const { state } = fleet({ commandedUs: 2_000_000 });
    const standing = sent();
    expect(state(2_100_000, true, { standing })).toBe(VEHICLE_STATE.commanded);
    happens(standing);
    expect(state(HOUR, true, { standing })).toBe(VEHICLE_STATE.failed);
  });

  it('is kept for a vehicle in a tunnel, and open when that is out of it; an answer stays an answer in there', () => {
    const { state, at } = fleet({ commandedUs: 2_000_000 });
    const standing = sent();
    expect(state(HOUR, false, { standing, kept: () => true })).toBe(VEHICLE_STATE.kept);
    expect(state(HOUR + 100_000, true, { standing })).toBe(VEHICLE_STATE.commanded);
    standing.progress(told([0]));
    expect(at(HOUR + 200_000, false, { standing })[5]).toBe(VEHICLE_STATE.answered + VEHICLE_AWAY);
  });
});
