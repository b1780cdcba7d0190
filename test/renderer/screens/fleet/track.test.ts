import { describe, expect, it } from 'vitest';
import { VEHICLE_AWAY, VEHICLE_BYTES, VEHICLE_STATE } from '../../../../core/protocol/fleet.ts';
import { between, Track, unpack } from '../../../../renderer/screens/fleet/track.ts';

const push = (...vehicles: readonly (readonly [x: number, y: number, heading: number, state: number, age: number])[]) => {
  const bytes = Buffer.alloc(vehicles.length * VEHICLE_BYTES);
  for (const [i, [x, y, heading, state, age]] of vehicles.entries()) {
    bytes.writeUInt16LE(x, i * VEHICLE_BYTES);
    bytes.writeUInt16LE(y, i * VEHICLE_BYTES + 2);
    bytes.set([heading, state, 50, age], i * VEHICLE_BYTES + 4);
  }
  return bytes;
};

describe('a push of vehicles', () => {
  it('is unpacked little endian, in shares of the city', () => {
    const track = new Track(2, 65_535, 131_070);
    track.take(unpack(push([258, 1, 64, 1, 0], [65_535, 65_535, 128, 2, 3]).toString('base64'), 2)!, 0);
    expect([track.x[0], track.y[0], track.heading[0], track.state[0], track.speed[0]]).toEqual([258, 2, 90, 1, 50]);
    expect([track.x[1], track.y[1], track.heading[1], track.state[1]]).toEqual([65_535, 131_070, 180, 2]);
  });

  it('is left alone when it is damaged or of another number of vehicles', () => {
    expect(unpack('not base64 at all!', 1)).toBeUndefined();
    expect(unpack(push([1, 1, 0, 1, 0]).toString('base64'), 2)).toBeUndefined();
  });

  it('tells which vehicles changed their state, but not at first sight', () => {
    const track = new Track(2, 1_000, 1_000);
    const seen: number[][] = [];
    track.take(push([1, 1, 0, 1, 0], [1, 1, 0, 1, 0]), 0, (...change) => seen.push(change));
    track.take(push([1, 1, 0, 1, 0], [1, 1, 0, 3, 0]), 250, (...change) => seen.push(change));
    expect(seen).toEqual([[1, 3, 1]]);
  });
});

describe('a vehicle between two reports', () => {
  it('glides from one to the next, then waits there', () => {
    const track = new Track(1, 65_535, 65_535);
    track.take(push([1_000, 1_000, 0, 1, 0]), 0);
    track.take(push([1_100, 1_000, 64, 1, 0]), 1_000);
    track.advance(1_500);
    expect(track.x[0]).toBeCloseTo(1_050);
    track.advance(2_000);
    expect([track.x[0], track.heading[0]]).toEqual([1_100, 90]);
    track.advance(60_000);
    expect(track.x[0]).toBe(1_100);
  });

  it('never jumps when a report comes early, nor moves without a new one', () => {
    const track = new Track(1, 65_535, 65_535);
    track.take(push([1_000, 1_000, 0, 1, 0]), 0);
    track.take(push([1_100, 1_000, 0, 1, 0]), 1_000);
    track.advance(1_400);
    const before = track.x[0]!;
    track.take(push([1_200, 1_000, 0, 1, 0]), 1_400);
    track.advance(1_400);
    expect(track.x[0]).toBeCloseTo(before);
    track.take(push([1_200, 1_000, 0, 1, 4]), 1_650);
    track.advance(1_650);
    const going = track.x[0]!;
    expect(going).toBeGreaterThan(before);
    track.advance(9_000);
    expect(track.x[0]).toBe(1_200);
  });

  it('is set where nobody could have driven to, and without motion at every report', () => {
    const track = new Track(1, 65_535, 65_535);
    track.take(push([1_000, 1_000, 0, 1, 0]), 0);
    track.take(push([9_000, 1_000, 0, 1, 0]), 1_000);
    track.advance(1_000);
    expect(track.x[0]).toBe(9_000);
    track.take(push([9_100, 1_000, 0, 1, 0]), 2_000);
    track.advance(2_000, false);
    expect(track.x[0]).toBe(9_100);
  });

  it('fades with the age of its report, and is not drawn before the first', () => {
    const track = new Track(2, 1_000, 1_000);
    track.take(push([1, 1, 0, 1, 0], [0, 0, 0, 0, 255]), 0);
    expect(track.opacity(0, 1_000)).toBe(1);
    expect(track.opacity(0, 12_000)).toBeLessThan(0.9);
    expect(track.opacity(0, 60_000)).toBeCloseTo(track.opacity(0, 90_000));
    expect(track.opacity(1, 0)).toBe(0);
  });

  it('stays in full sight in a tunnel, where nothing can be heard of it', () => {
    const track = new Track(2, 1_000, 1_000);
    track.take(push([1, 1, 0, VEHICLE_STATE.kept + VEHICLE_AWAY, 200], [1, 1, 0, VEHICLE_STATE.answered, 200]), 0);
    expect([track.state[0], track.away[0], track.opacity(0, 60_000)]).toEqual([VEHICLE_STATE.kept, 1, 1]);
    expect([track.state[1], track.away[1]]).toEqual([VEHICLE_STATE.answered, 0]);
    expect(track.opacity(1, 60_000)).toBeLessThan(1);
  });

  it('turns by the shorter side', () => {
    expect(between(350, 10, 0.5)).toBeCloseTo(0);
    expect(between(10, 350, 0.5)).toBeCloseTo(0);
    expect(between(90, 180, 0.5)).toBeCloseTo(135);
  });
});
