/**
 * A scenario after loading: every default filled in, durations in milliseconds, maps turned into arrays with a name.
 * The loader (core/scenario/loader.ts) makes it out of YAML; everything else reads only this.
 */
import type { Limits, Profile, QoS } from '../gateway/types.ts';
import type { ExternalEngineName } from '../mq/engines.ts';
import type { Comparison } from '../protocol/comparison.ts';
import type { Transport } from '../swarm/types.ts';

export interface Scenario {
  readonly causeway: 1;
  readonly name: string;
  readonly description: string;
  readonly durationMs: number;
  readonly seed: number;
  readonly gateway: GatewaySection;
  readonly mq: MqSection;
  readonly populations: readonly Population[];
  readonly services: readonly Service[];
  /** Load over time; empty: full load for the whole duration. Their lengths add up to durationMs. */
  readonly phases: readonly { readonly name: string; readonly forMs: number; readonly load: number }[];
  readonly faults: readonly Fault[];
  readonly thresholds: readonly Threshold[];
}

export interface GatewaySection {
  readonly profile: Profile;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly topics: readonly TopicSpec[];
  readonly limits: Partial<Limits>;
  /** A broker outside in place of the lab's own gateway; `host` and `port` then mean nothing. */
  readonly broker?: BrokerSection | undefined;
}

/** An MQTT broker that runs by itself. Devices connect to it, and so does the bridge. */
export interface BrokerSection {
  readonly url: string;
  /** Of the bridge, and of devices that name no user of their own. */
  readonly user: string | undefined;
  /** Name of an environment variable; the secret itself never stands in a scenario. */
  readonly passwordFrom: string | undefined;
  /** Path of a PEM file, from the folder of the scenario. */
  readonly ca: string | undefined;
}

/** A parent topic. direction `none`: MQTT only, not bridged. */
export interface TopicSpec {
  readonly name: string;
  readonly direction: 'up' | 'down' | 'both' | 'none';
  readonly partitions: number;
}

export type MqSection = EmbeddedMqSection | ExternalMqSection;

export interface EmbeddedMqSection {
  readonly engine: 'embedded';
  readonly storage: 'memory' | 'file';
  readonly fsync: 'always' | 'interval' | 'never';
}

/** An engine that runs by itself; topics keep their names there. */
export interface ExternalMqSection {
  readonly engine: ExternalEngineName;
  /** `host:port`, or several with commas between. */
  readonly address: string;
  readonly user: string | undefined;
  /** Name of an environment variable; the secret itself never stands in a scenario. */
  readonly passwordFrom: string | undefined;
  /** Kafka only. */
  readonly sasl: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  /** RabbitMQ only. */
  readonly vhost: string | undefined;
  /** `ca`: path of a PEM file, from the folder of the scenario. */
  readonly tls: { readonly ca: string | undefined } | undefined;
}

/** Texts with {placeholders}: index, id (index padded), clientId, and the name of the population's group. */
export type Template = string;

export interface Population {
  readonly name: string;
  readonly actor: 'sensor' | 'vehicle' | 'chat-user';
  readonly count: number;
  /** Members are spread evenly over `count` groups (rooms, buildings, districts): member i belongs to group i mod count. */
  readonly group: { readonly name: string; readonly count: number } | undefined;
  readonly clientId: Template;
  readonly client: ClientSection;
  /** How members prove who they are; undefined: by user name and password of `client`, or not at all. */
  readonly credentials?: Credentials | undefined;
  readonly connect: { readonly overMs: number };
  readonly publish: readonly Publication[];
  readonly subscribe: readonly { readonly topic: Template; readonly qos: QoS }[];
  readonly react: readonly Reaction[];
  /** Network losses: this share of the members, each for `forMs` in every `everyMs`; or each vehicle while it is in a tunnel. */
  readonly outages: { readonly share: number; readonly everyMs: number; readonly forMs: number } | 'tunnels' | undefined;
}

export type Credentials =
  /** Each signs its client ID with the account's secret. */
  | { readonly kind: 'signature' }
  /** Each holds a token for the topics it uses, good for `ttlMs` and renewed `renewMs` before its end. */
  | {
      readonly kind: 'token';
      readonly ttlMs: number;
      readonly renewMs: number;
      /** So many members, spread evenly, have their token revoked at that time of the traffic and stay away from then on. */
      readonly revoke: { readonly members: number; readonly atMs: number } | undefined;
    };

export interface ClientSection {
  readonly transport: Transport;
  readonly cleanSession: boolean;
  readonly keepAliveMs: number;
  readonly username: Template | undefined;
  /** Name of an environment variable; the secret itself never stands in a scenario. */
  readonly passwordFrom: string | undefined;
  readonly will: { readonly topic: Template; readonly qos: QoS; readonly retain: boolean; readonly body: string } | undefined;
  readonly maxInflight: number;
  readonly maxQueued: number;
}

export interface Publication {
  readonly name: string;
  readonly topic: Template;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly schedule: ScheduleSpec;
  /** Besides the schedule, looked at every `lookMs`: report at once when `field` has moved by at least `by` since the last report. */
  readonly onChange: { readonly field: string; readonly by: number; readonly lookMs: number } | undefined;
  readonly body: Body;
}

export type ScheduleSpec =
  /** Each member on its own: every `everyMs` (± jitter share of it), at a phase of its own. */
  | { readonly kind: 'periodic'; readonly everyMs: number; readonly jitter: number }
  /** The whole population together; `pick` says who sends. */
  | { readonly kind: 'rate'; readonly perSecond: number; readonly pick: Pick }
  | { readonly kind: 'ramp'; readonly from: number; readonly to: number; readonly overMs: number; readonly pick: Pick }
  | {
      readonly kind: 'burst';
      readonly perSecond: number;
      readonly burstPerSecond: number;
      readonly everyMs: number;
      readonly forMs: number;
      readonly pick: Pick;
    }
  | { readonly kind: 'replay'; readonly atMs: readonly number[]; readonly pick: Pick }
  /** Closed loop, labelled as such: each member sends its next message `thinkMs` after the former is acknowledged. */
  | { readonly kind: 'closed'; readonly thinkMs: number };

/** `manual`: sent only when somebody asks for it. */
export type CommandSchedule = Exclude<ScheduleSpec, { kind: 'closed' }> | { readonly kind: 'manual' };

export type Pick = 'round-robin' | 'uniform' | 'zipf';

/** Field name to generator; a plain value stands for itself. Made into one JSON object. */
export type Body = readonly { readonly field: string; readonly make: Generator }[];

export type Generator =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'sequence'; readonly start: number; readonly step: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number; readonly decimals: number }
  | {
      readonly kind: 'gaussian';
      readonly mean: number;
      readonly deviation: number;
      readonly min: number;
      readonly max: number;
      readonly decimals: number;
    }
  | {
      readonly kind: 'choice';
      readonly values: readonly (string | number | boolean)[];
      readonly weights: readonly number[] | undefined;
    }
  | {
      readonly kind: 'randomWalk';
      readonly start: number;
      readonly step: number;
      readonly min: number;
      readonly max: number;
      readonly decimals: number;
    }
  /** Where the vehicle is now on its way through the city. Only for actor vehicle. */
  | { readonly kind: 'route'; readonly value: 'x' | 'y' | 'speed' | 'heading' | 'battery' | 'street' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'text'; readonly bytes: number }
  /** A line of talk. Only for actor chat-user. */
  | { readonly kind: 'talk' }
  | { readonly kind: 'template'; readonly text: Template };

/** What a member does when a message arrives on a topic that matches `on` (an MQTT filter, placeholders allowed). */
export interface Reaction {
  readonly name: string;
  readonly on: Template;
  readonly topic: Template;
  readonly qos: QoS;
  readonly probability: number;
  readonly delayMs: { readonly min: number; readonly max: number };
  readonly body: Body;
}

export interface Service {
  readonly name: string;
  readonly consume: Consume | undefined;
  readonly commands: readonly Command[];
}

export interface Consume {
  readonly topics: readonly string[];
  readonly group: string;
  readonly mode: 'clustering' | 'broadcasting';
  readonly members: number;
  readonly ordered: boolean;
  /** Simulated work per message. */
  readonly workMs: number;
}

/** A command that a service sends to devices through MQ. */
export interface Command {
  readonly name: string;
  /** MQ topic = parent topic on MQTT. */
  readonly topic: string;
  readonly population: string;
  /** one: P2P to a member picked at random. group: to one group of the population. all: to everyone. */
  readonly target: 'one' | 'group' | 'all';
  /** mqttSecondTopic for group and all, e.g. `/district/{district}`; `one` always uses /p2p/{clientId}. */
  readonly second: Template | undefined;
  /** Absent: the property is not set, and the default (1) applies; with schedule manual: chosen by whoever sends. */
  readonly qosLevel: QoS | undefined;
  /** P2P only. false: keep for offline receivers. Absent with schedule manual: chosen by whoever sends. */
  readonly cleanSessionFlag: boolean | undefined;
  readonly realTopic: Template | undefined;
  /** periodic (once per service, not per member), rate, ramp, burst, replay, or by hand. */
  readonly schedule: CommandSchedule;
  /** The reaction by which members answer; undefined: no answer expected. */
  readonly answer: string | undefined;
  readonly body: Body;
}

/** Deliberate damage done in the bridge to one message in every `every`, from `atMs` on, at most `count` times. */
export interface Fault {
  readonly inject: 'drop' | 'duplicate' | 'swap' | 'corrupt' | 'property';
  readonly direction: 'up' | 'down';
  readonly atMs: number;
  readonly every: number;
  readonly count: number;
}

/** e.g. metric `up.endToEnd.p99`, `<`, 250 (ms). */
export interface Threshold {
  readonly metric: string;
  readonly op: Comparison;
  readonly value: number;
  readonly text: string;
}
