/** What the name server knows: the brokers, and where the queues of a topic are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CausewayError } from '../../protocol/errors.ts';
import { ANSWER, REQUEST } from './codes.ts';
import { Disconnected, Refusal, ROCKETMQ_VERSIONS, type RocketMqPlace, rocketMqError } from './errors.ts';
import { parseJson } from './json.ts';
import { Links } from './links.ts';
import type { RocketMqOptions } from './options.ts';
import type { Answer, Fields } from './remoting.ts';

export interface Broker {
  readonly name: string;
  /** Of its master, which alone takes messages. */
  readonly address: string;
}

/** A queue of a topic: what the lab calls a partition. */
export interface Queue {
  /** As RocketMQ has it. */
  readonly topic: string;
  readonly broker: string;
  readonly address: string;
  readonly id: number;
  /** Its place among the queues of its topic, by broker and number. */
  readonly partition: number;
}

interface BrokerData {
  readonly brokerName: string;
  readonly brokerAddrs: Readonly<Record<string, string>>;
}

interface Route {
  readonly brokerDatas?: readonly BrokerData[];
  readonly queueDatas?: readonly { readonly brokerName: string; readonly writeQueueNums: number; readonly perm: number }[];
}

const MASTER = '0';
const READ_AND_WRITE = 6;
/** A broker that has just begun takes seconds to gather the figures that come with its version, and answers with an error until then. */
const NEW_BROKER = { tries: 50, everyMs: 200 } as const;

export class Cluster {
  readonly place: RocketMqPlace;
  /** Shared by everything but consumers. */
  readonly links: Links;
  readonly #nameServers: readonly string[];
  readonly #known = new Map<string, readonly Queue[]>();

  private constructor(nameServers: readonly string[], options: RocketMqOptions) {
    this.#nameServers = nameServers;
    this.place = { address: nameServers.join(';'), user: options.accessKey ?? 'anonymous' };
    this.links = new Links(options);
  }

  /** @throws CausewayError connect.failed, mq.refused, mq.version */
  static async open(nameServers: readonly string[], options: RocketMqOptions): Promise<Cluster> {
    const cluster = new Cluster(nameServers, options);
    try {
      const brokers = await cluster.brokers();
      if (brokers.length === 0)
        throw new Disconnected(cluster.place.address, 'no broker has registered with this name server', true);
      await cluster.#checkVersion(brokers[0]!);
    } catch (error) {
      await cluster.close();
      const known = rocketMqError(error, cluster.place);
      if (known.code !== 'mq.connection-lost') throw known;
      const { address, reason } = known.details as { address: string; reason: string };
      throw new CausewayError('connect.failed', { address, reason }, { cause: error });
    }
    return cluster;
  }

  async #checkVersion({ address }: Broker): Promise<void> {
    const link = await this.links.get(address);
    let answer: Answer | undefined;
    for (let left = NEW_BROKER.tries; answer === undefined; left -= 1) {
      try {
        answer = await link.call(REQUEST.brokerRuntimeInfo, {});
      } catch (error) {
        if (left <= 1 || !(error instanceof Refusal && error.code === ANSWER.systemError)) throw error;
        await sleep(NEW_BROKER.everyMs);
      }
    }
    const { table } = parseJson(answer.body) as { table: Readonly<Record<string, string>> };
    const version = table.brokerVersionDesc ?? 'an unknown version';
    if (Number(/^V(\d+)_/.exec(version)?.[1]) >= 5) return;
    throw new CausewayError('mq.version', { address, reason: `the broker is ${version}`, expected: ROCKETMQ_VERSIONS });
  }

  /** The first name server that answers. @throws Disconnected, Refusal */
  async askNameServer(code: number, fields: Fields): Promise<Answer> {
    let last: unknown;
    for (const address of this.#nameServers) {
      try {
        return await (await this.links.get(address)).call(code, fields);
      } catch (error) {
        if (!(error instanceof Disconnected)) throw error;
        last = error;
      }
    }
    throw last;
  }

  /** Tells all name servers: they know nothing of each other. @throws Disconnected, Refusal */
  async tellNameServers(code: number, fields: Fields): Promise<void> {
    for (const address of this.#nameServers) await (await this.links.get(address)).call(code, fields);
  }

  /** In order of their names. @throws Disconnected, Refusal */
  async brokers(): Promise<Broker[]> {
    const answer = await this.askNameServer(REQUEST.clusterInfo, {});
    const { brokerAddrTable } = parseJson(answer.body) as { brokerAddrTable?: Readonly<Record<string, BrokerData>> };
    return masters(Object.values(brokerAddrTable ?? {}));
  }

  /** Queues of a topic that has been seen, without asking. */
  known(topic: string): readonly Queue[] | undefined {
    return this.#known.get(topic);
  }

  /** In order of their partitions. @throws Refusal when there is no such topic, Disconnected */
  async queues(topic: string): Promise<readonly Queue[]> {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const answer = await this.askNameServer(REQUEST.topicRoute, { topic, acceptStandardJsonOnly: true });
    const route = parseJson(answer.body) as Route;
    const queues: Queue[] = [];
    for (const { name, address } of masters(route.brokerDatas ?? [])) {
      const data = route.queueDatas?.find(
        ({ brokerName, perm }) => brokerName === name && (perm & READ_AND_WRITE) === READ_AND_WRITE,
      );
      for (let id = 0; id < (data?.writeQueueNums ?? 0); id += 1) {
        queues.push({ topic, broker: name, address, id, partition: queues.length });
      }
    }
    if (queues.length > 0) this.#known.set(topic, queues);
    return queues;
  }

  /** Asked for again when next needed. */
  forget(topic: string): void {
    this.#known.delete(topic);
  }

  async close(): Promise<void> {
    await this.links.close();
  }
}

function masters(brokers: readonly BrokerData[]): Broker[] {
  return brokers
    .filter(({ brokerAddrs }) => brokerAddrs[MASTER] !== undefined)
    .map(({ brokerName, brokerAddrs }) => ({ name: brokerName, address: brokerAddrs[MASTER]! }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
