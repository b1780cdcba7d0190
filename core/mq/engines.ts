/** The engines a scenario or a command line can name: what they are called, where they listen by default, what they can do. */
import { embeddedCapabilities } from './embedded/capabilities.ts';
import type { MqCapabilities } from './engine.ts';
import { KAFKA_CAPABILITIES } from './kafka/capabilities.ts';
import { RABBITMQ_CAPABILITIES } from './rabbitmq/capabilities.ts';
import { ROCKETMQ_CAPABILITIES } from './rocketmq/capabilities.ts';

export const EXTERNAL_ENGINES = ['kafka', 'rocketmq', 'rabbitmq'] as const;
export const ENGINE_NAMES = ['embedded', ...EXTERNAL_ENGINES] as const;

/** An engine of its own process, which the lab connects to and neither starts nor ends. */
export type ExternalEngineName = (typeof EXTERNAL_ENGINES)[number];
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Who does what the lab asks of an MQ: the engine, the lab on its behalf, or nobody; `with files`: where it keeps its messages in files. */
export type Ability = 'yes' | 'by the lab' | 'with files' | 'no';
export type Abilities = Readonly<Record<keyof MqCapabilities, Ability>>;

export interface EngineInfo {
  readonly name: EngineName;
  /** As its makers write it. */
  readonly title: string;
  /** `host:port` where nothing else is said: of the embedded one, the port of `causeway gateway`. */
  readonly address: string;
  readonly capabilities: MqCapabilities;
  /** The same, and who does it; docs/engines.md says how. */
  readonly abilities: Abilities;
  /** The npm package by which the lab speaks to it; undefined: the lab's own client. */
  readonly client: string | undefined;
}

/** What the lab does for every engine but its own. */
const CLIENT_SIDE = { filter: 'by the lab', redelivery: 'by the lab', deadLetter: 'by the lab' } as const;

export const ENGINES: Readonly<Record<EngineName, EngineInfo>> = {
  embedded: {
    name: 'embedded',
    title: 'embedded MQ',
    address: '127.0.0.1:7883',
    capabilities: embeddedCapabilities(false),
    abilities: abilities({ durable: 'with files' }),
    client: undefined,
  },
  kafka: {
    name: 'kafka',
    title: 'Apache Kafka',
    address: '127.0.0.1:9092',
    capabilities: KAFKA_CAPABILITIES,
    abilities: abilities({ ...CLIENT_SIDE, broadcasting: 'by the lab', delayed: 'no' }),
    client: 'kafkajs',
  },
  rocketmq: {
    name: 'rocketmq',
    title: 'Apache RocketMQ',
    // The name server; the brokers are learned from it.
    address: '127.0.0.1:9876',
    capabilities: ROCKETMQ_CAPABILITIES,
    abilities: abilities({ ...CLIENT_SIDE, broadcasting: 'by the lab' }),
    client: undefined,
  },
  rabbitmq: {
    name: 'rabbitmq',
    title: 'RabbitMQ',
    address: '127.0.0.1:5672',
    capabilities: RABBITMQ_CAPABILITIES,
    abilities: abilities({ ...CLIENT_SIDE, history: 'no' }),
    client: 'amqplib',
  },
};

function abilities(others: Partial<Abilities>): Abilities {
  const all = {
    durable: 'yes',
    keyOrder: 'yes',
    broadcasting: 'yes',
    delayed: 'yes',
    filter: 'yes',
    redelivery: 'yes',
    deadLetter: 'yes',
    history: 'yes',
  } as const;
  return { ...all, ...others };
}

/** The hosts of `host:port[,host:port]`, without the brackets around an IPv6 one. */
export function hostsOf(address: string): string[] {
  return address.split(',').map((one) => one.slice(0, one.lastIndexOf(':')).replace(/^\[|\]$/g, ''));
}
