/** What the settlement needs to know: which receivers each stream was for, and what they were promised. */
import type { QoS } from '../gateway/types.ts';
import type { Expectation, ExpectedReceiver, ExpectedStream } from '../measure/settle.ts';
import type { Direction } from '../protocol/result.ts';
import type { Population, Scenario } from '../scenario/model.ts';
import { Audience } from './audience.ts';
import { blockQos, type ReceiverTable, type StreamBlock, type StreamTable } from './streams.ts';

/** A device as a receiver of one of its streams. */
interface Place {
  readonly receiver: number;
  readonly population: Population;
  readonly granted: QoS;
  readonly p2p: boolean;
}

export class Expectations implements Expectation {
  readonly #streams: StreamTable;
  readonly #receivers: ReceiverTable;
  readonly #wasAway: ReadonlySet<number>;
  readonly #dismissed: ReadonlySet<number>;
  readonly #broker: boolean;
  readonly #places = new Map<number, Place[]>();
  readonly #services: readonly {
    readonly receiver: number;
    readonly ordered: boolean;
    readonly expected: ReadonlyMap<number, QoS>;
  }[];

  /** Receiver number of a population's first member. */
  readonly #first: ReadonlyMap<string, number>;

  /**
   * `wasAway`: receivers that had no connection for a while after traffic had begun. `dismissed`: members shut out for
   * good, by the same numbers: nothing is owed to them, and what they sent without an answer nobody waits for.
   */
  constructor(
    scenario: Scenario,
    streams: StreamTable,
    receivers: ReceiverTable,
    wasAway: ReadonlySet<number>,
    dismissed: ReadonlySet<number> = new Set(),
  ) {
    this.#streams = streams;
    this.#receivers = receivers;
    this.#wasAway = wasAway;
    this.#dismissed = dismissed;
    this.#broker = scenario.gateway.broker !== undefined;
    this.#first = new Map(scenario.populations.map((p) => [p.name, receivers.device(p.name, 0)]));
    const audience = new Audience(scenario, streams);
    for (const population of scenario.populations) {
      for (let index = 0; index < population.count; index += 1) {
        const receiver = receivers.device(population.name, index);
        const { matched, p2p } = audience.forDevice(population, index);
        for (const [stream, granted] of matched) this.#place(stream, { receiver, population, granted, p2p: false });
        for (const stream of p2p.keys()) {
          if (!matched.has(stream)) this.#place(stream, { receiver, population, granted: 2, p2p: true });
        }
      }
    }
    this.#services = receivers.services.map(({ receiver, service }) => ({
      receiver,
      // Members that get everything each keep the order as well; without ordered consumption it is left to chance.
      ordered: service.consume?.ordered === true,
      expected: audience.forService(service),
    }));
  }

  get streams(): Iterable<ExpectedStream> {
    return this.#all();
  }

  directionOf(receiver: number): Direction {
    return receiver >= this.#receivers.devices ? 'up' : 'device';
  }

  *#all(): Iterable<ExpectedStream> {
    for (const block of this.#streams.blocks) {
      for (let i = 0; i < block.count; i += 1) {
        const stream = block.base + i;
        yield {
          stream,
          direction: block.kind === 'command' ? 'down' : 'up',
          confirmed: block.kind === 'command' || (blockQos(block) > 0 && !this.#dismissed.has(this.#sender(block, stream)!)),
          receivers: this.#of(block, stream),
        };
      }
    }
  }

  *#of(block: StreamBlock, stream: number): Iterable<ExpectedReceiver> {
    const qos = blockQos(block);
    const sender = this.#sender(block, stream);
    const senderSteady = sender === undefined || !this.#wasAway.has(sender);
    for (const { receiver, ordered, expected } of this.#services) {
      if (expected.has(stream)) yield { receiver, direction: 'up', promised: qos > 0, ordered, linked: senderSteady };
    }
    for (const place of this.#places.get(stream) ?? []) {
      const steady = !this.#wasAway.has(place.receiver);
      yield {
        receiver: place.receiver,
        direction: block.kind === 'command' ? 'down' : 'device',
        promised: Math.min(qos, place.granted) > 0 && this.#kept(block, place),
        ordered: false,
        steady,
        linked: steady && senderSteady,
      };
    }
  }

  /** Receiver number of the member that sends the stream; commands come from a service, whose connection the run cannot do without. */
  #sender(block: StreamBlock, stream: number): number | undefined {
    return block.kind === 'command' ? undefined : this.#first.get(block.population.name)! + stream - block.base;
  }

  /** Was the receiver there all the time, or is what it missed kept for it? */
  #kept(block: StreamBlock, place: Place): boolean {
    if (!this.#wasAway.has(place.receiver)) return true;
    if (this.#dismissed.has(place.receiver)) return false;
    if (place.population.client.cleanSession) return false;
    // A broker outside keeps a P2P message like any other, as the receiver's session says.
    if (!place.p2p || this.#broker) return true;
    // P2P follows the sender's flag, whose absence means: nothing is kept.
    return block.kind === 'command' ? block.command.cleanSessionFlag === false : !block.population.client.cleanSession;
  }

  #place(stream: number, place: Place): void {
    const places = this.#places.get(stream);
    if (places === undefined) this.#places.set(stream, [place]);
    else places.push(place);
  }
}
