/** Who should receive what: for every receiver the streams it must see, derived from the scenario alone. */
import type { QoS } from '../gateway/types.ts';
import type { Population, Scenario, Service } from '../scenario/model.ts';
import { clientIdOf, renderTemplate, templateVars } from '../scenario/template.ts';
import { blockTopic, type StreamTable } from './streams.ts';
import { topicMatches } from './topicMatch.ts';

/**
 * Stream number to the QoS of the subscription that brings it to a receiver (2 where none is needed: P2P, services).
 * Shared between receivers with the same subscriptions: do not change.
 */
export type ExpectedStreams = ReadonlyMap<number, QoS>;

const NOTHING: ExpectedStreams = new Map();
const P2P = /^[^/]+\/p2p\/([^/]+)$/;

export class Audience {
  readonly #scenario: Scenario;
  readonly #table: StreamTable;
  /** Topic to its streams, for everything that subscriptions can match. */
  readonly #byTopic = new Map<string, number[]>();
  /** Client ID to the P2P streams addressed to it. */
  readonly #p2p = new Map<string, number[]>();
  readonly #byFilters = new Map<string, Map<number, QoS>>();

  constructor(scenario: Scenario, table: StreamTable) {
    this.#scenario = scenario;
    this.#table = table;
    for (const block of table.blocks) {
      for (let i = 0; i < block.count; i += 1) {
        const topic = blockTopic(block, i);
        const target = P2P.exec(topic)?.[1];
        const [index, key] = target === undefined ? [this.#byTopic, topic] : [this.#p2p, target];
        const streams = index.get(key);
        if (streams === undefined) index.set(key, [block.base + i]);
        else streams.push(block.base + i);
      }
    }
  }

  /** What member `index` of a population must see: everything its filters match, and its own P2P messages. */
  forDevice(population: Population, index: number): { readonly matched: ExpectedStreams; readonly p2p: ExpectedStreams } {
    const vars = templateVars(population, index);
    const filters = population.subscribe.map((s) => ({ filter: renderTemplate(s.topic, vars), qos: s.qos }));
    const key = filters.map((f) => `${f.qos}${f.filter}`).join('\n');
    let matched = this.#byFilters.get(key);
    if (matched === undefined) {
      matched = new Map();
      for (const { filter, qos } of filters) {
        for (const stream of this.#matching(filter)) {
          matched.set(stream, Math.max(qos, matched.get(stream) ?? 0) as QoS);
        }
      }
      this.#byFilters.set(key, matched);
    }
    const own = this.#p2p.get(clientIdOf(population, index));
    return { matched, p2p: own === undefined ? NOTHING : new Map(own.map((stream) => [stream, 2])) };
  }

  /** What a consuming service must see: every stream of a device whose parent topic it consumes and that is bridged up. */
  forService(service: Service): ExpectedStreams {
    const expected = new Map<number, QoS>();
    const consumed = new Set(
      this.#scenario.gateway.topics
        .filter((t) => (t.direction === 'up' || t.direction === 'both') && service.consume?.topics.includes(t.name))
        .map((t) => t.name),
    );
    for (const block of this.#table.blocks) {
      if (block.kind === 'command') continue;
      for (let i = 0; i < block.count; i += 1) {
        const topic = blockTopic(block, i);
        const slash = topic.indexOf('/');
        if (consumed.has(slash === -1 ? topic : topic.slice(0, slash))) expected.set(block.base + i, 2);
      }
    }
    return expected;
  }

  #matching(filter: string): readonly number[] {
    if (!filter.includes('+') && !filter.includes('#')) return this.#byTopic.get(filter) ?? [];
    const streams: number[] = [];
    for (const [topic, some] of this.#byTopic) if (topicMatches(filter, topic)) for (const s of some) streams.push(s);
    return streams;
  }
}
