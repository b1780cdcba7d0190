import { describe, expect, it } from 'vitest';
import { Audience } from '../../../core/run/audience.ts';
import { Expectations } from '../../../core/run/expectations.ts';
import { ReceiverTable, StreamTable } from '../../../core/run/streams.ts';
import type { Scenario } from '../../../core/scenario/model.ts';
import { parts, population } from './scenario.ts';

const scenario = parts();
const table = new StreamTable(scenario);
const audience = new Audience(scenario, table);
const people = population(scenario, 'people');
const cars = population(scenario, 'cars');
const line = table.publicationBase('people', 'line');
const whisper = table.publicationBase('people', 'whisper');
const hello = table.publicationBase('cars', 'hello');
const command = (name: string): number => table.commandBase('centre', name);

describe('what a device must see', () => {
  it('is what its filters match, at the highest QoS of the filters that do', () => {
    const { matched } = audience.forDevice(cars, 1);
    expect([...matched].sort((a, b) => a[0] - b[0])).toEqual([
      // Of both down/1 and down/#; the other district's only by the wildcard.
      [command('some'), 0],
      [command('some') + 1, 1],
      [command('shown'), 0],
    ]);
  });

  it('includes P2P messages to itself, which no filter brings to anybody else', () => {
    expect([...audience.forDevice(cars, 2).p2p.keys()]).toEqual([command('one') + 2, command('kept') + 2]);
    // Three members whisper to the first, who holds talk/# as well as the others.
    expect([...audience.forDevice(people, 0).p2p.keys()]).toEqual([whisper, whisper + 1, whisper + 2]);
    expect(audience.forDevice(people, 1).p2p.size).toBe(0);
    for (const index of [0, 1, 2]) {
      expect([...audience.forDevice(people, index).matched]).toEqual([
        ...[0, 1, 2].map((i) => [line + i, 2]),
        ...[0, 1, 2, 3, 4].map((i) => [hello + i, 1]),
      ]);
    }
  });
});

describe('what a service must see', () => {
  it('is every device stream below the parents it consumes that go up, P2P included', () => {
    const [centre, audit] = scenario.services.map((service) => [...audience.forService(service).keys()]);
    const five = [0, 1, 2, 3, 4];
    const up = [
      ...five.map((i) => table.publicationBase('cars', 'position') + i),
      ...five.map((i) => table.reactionBase('cars', 'ack') + i),
    ];
    expect(centre).toEqual(up);
    expect(audit).toEqual([...up, ...[0, 1, 2].map((i) => line + i), ...[0, 1, 2].map((i) => whisper + i)]);
  });
});

describe('Expectations', () => {
  const receivers = new ReceiverTable(scenario);
  const of = (stream: number, away: number[] = [], from: Scenario = scenario) => {
    const expectations = new Expectations(from, table, receivers, new Set(away));
    const found = [...expectations.streams].find((s) => s.stream === stream)!;
    return { ...found, receivers: [...found.receivers] };
  };

  it('promises nothing to a member shut out for good, and waits for no answer to it', () => {
    const shut = receivers.device('cars', 1);
    const streamsOf = (dismissed: ReadonlySet<number>) => {
      const expected = [...new Expectations(scenario, table, receivers, new Set([shut]), dismissed).streams];
      const position = expected.find((s) => s.stream === table.publicationBase('cars', 'position') + 1)!;
      const kept = expected.find((s) => s.stream === table.commandBase('centre', 'kept') + 1)!;
      const promised = [...kept.receivers].find((r) => r.receiver === shut)!.promised;
      return { confirmed: position.confirmed, promised };
    };
    expect(streamsOf(new Set())).toEqual({ confirmed: true, promised: true });
    expect(streamsOf(new Set([shut]))).toEqual({ confirmed: false, promised: false });
  });

  it('lists every stream of the scenario once', () => {
    const streams = [...new Expectations(scenario, table, receivers, new Set()).streams].map((s) => s.stream);
    expect(streams).toEqual(Array.from({ length: table.size - 1 }, (_, i) => i + 1));
  });

  it('expects a device message at each group and broadcasting member, ordered where the consumer is', () => {
    const { receivers: expected } = of(table.publicationBase('cars', 'position'));
    expect(expected).toMatchObject([
      { receiver: 8, direction: 'up', promised: true, ordered: true },
      ...[9, 10, 11].map((receiver) => ({ receiver, direction: 'up', promised: true, ordered: false })),
    ]);
  });

  it('books one stream up and between devices where it goes both ways', () => {
    const { receivers: expected } = of(line);
    expect(expected.map((r) => `${r.direction} ${r.receiver}`)).toEqual([
      'up 9',
      'up 10',
      'up 11',
      'device 5',
      'device 6',
      'device 7',
    ]);
  });

  it('promises nothing at QoS 0, of the publish or of the subscription', () => {
    expect(of(hello).receivers.map((r) => r.promised)).toEqual([false, false, false]);
    // The command to district 0 has qoslevel 2: those of the district hold QoS 1, the others QoS 0 only.
    expect(of(command('some')).receivers.map((r) => [r.receiver, r.promised])).toEqual([
      [0, true],
      [1, false],
      [2, true],
      [3, false],
      [4, true],
    ]);
  });

  it('promises a receiver that was away what its session keeps', () => {
    const away = [1, 6];
    const promised = (stream: number, receiver: number, from: Scenario = scenario): boolean =>
      of(stream, away, from).receivers.find((r) => r.receiver === receiver)!.promised;
    // A persistent session keeps what matches its subscriptions ...
    expect(promised(command('some') + 1, 1)).toBe(true);
    // ... and of P2P commands those whose flag is false: absent means true.
    expect(promised(command('one') + 1, 1)).toBe(false);
    expect(promised(command('kept') + 1, 1)).toBe(true);
    // Those who were there all the time get everything.
    expect(promised(command('one') + 2, 2)).toBe(true);
    // A clean session keeps nothing.
    expect(promised(line, 6)).toBe(false);
    expect(promised(line, 7)).toBe(true);
  });

  it('says who was connected all the time, sender and receiver', () => {
    const ends = (away: number[]) => of(line, away).receivers.map((r) => `${r.receiver} ${r.steady ?? '-'} ${r.linked}`);
    expect(ends([])).toEqual(['9 - true', '10 - true', '11 - true', '5 true true', '6 true true', '7 true true']);
    expect(ends([6])).toContain('6 false false');
    expect(ends([6])).toContain('7 true true');
    // The first of the people speaks: nothing can be said of its messages to anybody.
    expect(ends([5])).toEqual(['9 - false', '10 - false', '11 - false', '5 false false', '6 true false', '7 true false']);
  });

  it('waits for an acknowledgement at QoS 1 and 2, and of every command', () => {
    expect(of(line).confirmed).toBe(true);
    expect(of(hello).confirmed).toBe(false);
    expect(of(command('some')).confirmed).toBe(true);
  });

  it('books what nobody expected where its receiver sits', () => {
    const expectations = new Expectations(scenario, table, receivers, new Set());
    expect([0, 7, 8, 11].map((receiver) => expectations.directionOf(receiver))).toEqual(['device', 'device', 'up', 'up']);
  });
});
