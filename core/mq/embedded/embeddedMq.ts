/** The embedded engine in this process. */
import { nowUs } from '../../clock.ts';
import type { MqGuard } from '../../credentials/mqGuard.ts';
import { CausewayError } from '../../protocol/errors.ts';
import type { MqConsumer, MqConsumerSpec, MqHandler, MqProducer, MqTopicSpec, MqTopicStats } from '../engine.ts';
import { Broker } from './broker.ts';
import { embeddedCapabilities } from './capabilities.ts';
import { FolderStore } from './folderStore.ts';
import { LocalProducer } from './localProducer.ts';
import type { Member } from './member.ts';
import type { EmbeddedMq, EmbeddedMqOptions, MqAddress, MqGroupStats, MqRepair } from './options.ts';
import { listenMq, type MqServer } from './server.ts';

const MIB = 1024 * 1024;

/** Wall-clock milliseconds without reading the system clock for each message. */
const wallClockMs = (): number => performance.timeOrigin + performance.now();

class LocalConsumer implements MqConsumer {
  readonly #broker: Broker;
  readonly #member: Member;
  #closing: Promise<void> | undefined;

  constructor(broker: Broker, member: Member) {
    this.#broker = broker;
    this.#member = member;
  }

  close(): Promise<void> {
    this.#closing ??= this.#broker.leave(this.#member);
    return this.#closing;
  }
}

class LocalEngine implements EmbeddedMq {
  readonly name = 'embedded';
  readonly capabilities;
  readonly repairs: readonly MqRepair[];
  readonly #broker: Broker;
  readonly #producers = new Set<LocalProducer>();
  readonly #servers: MqServer[] = [];
  #closing: Promise<void> | undefined;

  constructor(broker: Broker, repairs: readonly MqRepair[]) {
    this.#broker = broker;
    this.repairs = repairs;
    this.capabilities = embeddedCapabilities(broker.durable);
  }

  async createTopic(spec: MqTopicSpec): Promise<void> {
    this.#mustBeOpen();
    await this.#broker.createTopic(spec);
  }

  async topics(): Promise<MqTopicStats[]> {
    this.#mustBeOpen();
    return this.#broker.topics();
  }

  async partitionsOf(topic: string): Promise<number | undefined> {
    this.#mustBeOpen();
    return this.#broker.topics().find(({ name }) => name === topic)?.partitions;
  }

  async groups(): Promise<MqGroupStats[]> {
    this.#mustBeOpen();
    return this.#broker.groups();
  }

  async producer(): Promise<MqProducer> {
    this.#mustBeOpen();
    const producer = new LocalProducer(this.#broker, () => this.#producers.delete(producer));
    this.#producers.add(producer);
    return producer;
  }

  async consume(spec: MqConsumerSpec, handler: MqHandler): Promise<MqConsumer> {
    this.#mustBeOpen();
    return new LocalConsumer(this.#broker, await this.#broker.join(spec, handler));
  }

  async listen(at: MqAddress, guard?: MqGuard): Promise<MqAddress> {
    this.#mustBeOpen();
    const server = await listenMq(this.#broker, at, undefined, guard);
    this.#servers.push(server);
    return server.address;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#producers].map((producer) => producer.close()));
    await Promise.all(this.#servers.map((server) => server.close()));
    await this.#broker.close();
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new CausewayError('mq.closed');
  }
}

/**
 * Starts the embedded engine in this process.
 * @throws CausewayError folder.unwritable, mq.folder-damaged, input.argument
 */
export async function createEmbeddedMq(options: EmbeddedMqOptions = {}): Promise<EmbeddedMq> {
  const store = options.storage === 'file' ? await openStore(options) : undefined;
  const broker = new Broker(options.clock ?? nowUs, options.wallClock ?? wallClockMs, store);
  try {
    await broker.open();
  } catch (error) {
    await store?.close();
    throw error;
  }
  return new LocalEngine(broker, store?.repairs ?? []);
}

function openStore(options: EmbeddedMqOptions): Promise<FolderStore> {
  const { folder, fsync = 'interval', fsyncIntervalMs = 100, segmentBytes = 16 * MIB, cacheBytes = 64 * MIB } = options;
  if (folder === undefined || folder === '') {
    throw new CausewayError('input.argument', {
      argument: 'mq folder',
      value: String(folder),
      reason: 'storage is file',
      expected: 'the path of a folder',
    });
  }
  const told = options.onFailure === undefined ? {} : { onFailure: options.onFailure };
  return FolderStore.open(folder, { fsync, fsyncIntervalMs, segmentBytes, ...told }, cacheBytes);
}
