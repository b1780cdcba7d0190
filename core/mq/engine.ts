/**
 * What the lab asks of an MQ engine. The embedded one implements it in this process and over its TCP port; Kafka,
 * RocketMQ and RabbitMQ implement it over their own clients. Every implementation passes test/contract/mqEngine.ts.
 */
export type MqProperties = Readonly<Record<string, string>>;

export interface MqMessage {
  readonly topic: string;
  /** Ordering key: messages of one key keep their order within a topic. Absent: spread round-robin over partitions. */
  readonly key?: string;
  readonly tag?: string;
  readonly properties: MqProperties;
  readonly body: Uint8Array;
  /** Deliver not before this many milliseconds after the send. */
  readonly delayMs?: number;
}

export interface MqReceipt {
  readonly topic: string;
  /** -1 where the engine tells the sender nothing of it. */
  readonly partition: number;
  /** Where the engine has none: the message's number among those of its sender for this topic; -1 from other programs. */
  readonly offset: number;
}

/** A message as a consumer gets it. */
export interface MqDelivery extends MqMessage {
  readonly partition: number;
  readonly offset: number;
  /** Wall-clock milliseconds at which the engine stored the message. */
  readonly storedAtMs: number;
  /** 1 on first delivery, one more on each redelivery. */
  readonly deliveryCount: number;
}

export interface MqTopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Oldest messages go when either bound is passed. Defaults: 1,000,000 messages, 256 MiB. */
  readonly retention?: { readonly messages?: number; readonly bytes?: number };
}

/** All parts given must hold. */
export interface MqFilter {
  readonly tags?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
  /** Properties that must not be present. */
  readonly without?: readonly string[];
}

export interface MqConsumerSpec {
  readonly group: string;
  readonly topics: readonly string[];
  /** clustering: each message once per group. broadcasting: this member gets every message, whatever others of the group get. */
  readonly mode: 'clustering' | 'broadcasting';
  /** Ordered: one message of a key at a time, the next only after the former is acknowledged or dead-lettered. */
  readonly ordered: boolean;
  /** Where a group without committed offsets starts. Default latest. */
  readonly from?: 'latest' | 'earliest';
  readonly filter?: MqFilter;
  /** Unacknowledged messages this member may hold. Default 256. */
  readonly prefetch?: number;
  /** A message not acknowledged within this time is delivered again. Default 30,000 ms. */
  readonly visibilityMs?: number;
  /** After so many deliveries a message goes to `deadLetterTopic(group)`. Default 16. */
  readonly maxDeliveries?: number;
  /** Wait before a refused (thrown) message is delivered again. Default 100 ms. */
  readonly retryDelayMs?: number;
}

/** Returning (or resolving) acknowledges, throwing (or rejecting) asks for redelivery. */
export type MqHandler = (delivery: MqDelivery) => void | Promise<void>;

export interface MqProducer {
  /**
   * Resolves when the engine has acknowledged: from then on the message is never lost within the engine's
   * durability promise. Sends of one key through one producer are stored in call order.
   * @throws CausewayError mq.topic-unknown, mq.closed
   */
  send(message: MqMessage): Promise<MqReceipt>;
  /** Resolves when every send so far is settled. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface MqConsumer {
  /** Stops taking new messages, waits for handlers under way, commits what they acknowledged. Idempotent. */
  close(): Promise<void>;
}

export interface MqCapabilities {
  readonly durable: boolean;
  readonly keyOrder: boolean;
  readonly broadcasting: boolean;
  readonly delayed: boolean;
  readonly filter: boolean;
  readonly redelivery: boolean;
  readonly deadLetter: boolean;
  /** Topics keep messages for groups yet to come: `from: earliest`, and what `topics()` counts. */
  readonly history: boolean;
}

export interface MqTopicStats {
  readonly name: string;
  readonly partitions: number;
  /** Messages stored so far; undefined: the engine does not tell. */
  readonly stored: number | undefined;
  /** Messages kept now, and their bytes. Engines without history: those that wait, once for each group. */
  readonly retained: number;
  readonly retainedBytes: number | undefined;
  /** The bytes are worked out from a few messages. */
  readonly bytesEstimated?: boolean;
}

/** A connection to an engine. Closing it closes its producers and consumers. */
export interface MqEngine {
  readonly name: string;
  readonly capabilities: MqCapabilities;
  createTopic(spec: MqTopicSpec): Promise<void>;
  topics(): Promise<MqTopicStats[]>;
  /** Partitions of one topic, asked for by name: trouble with others plays no part. Undefined: there is no such topic. */
  partitionsOf(topic: string): Promise<number | undefined>;
  producer(): Promise<MqProducer>;
  /** Resolves when the consumer is placed in its group and would receive a message sent from now on. */
  consume(spec: MqConsumerSpec, handler: MqHandler): Promise<MqConsumer>;
  /**
   * Takes away what a group without members has left in the engine: its positions or queues on these topics, and its
   * dead letters. A group that does not exist is no error. Absent: not possible, or nothing is left.
   */
  removeGroup?(group: string, topics: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The topic that holds what a group could not process. */
export function deadLetterTopic(group: string): string {
  return `dlq.${group}`;
}

/** Properties that the engine adds to a dead letter. */
export const DEAD_LETTER = { reason: 'dlqReason', topic: 'dlqTopic', offset: 'dlqOffset', partition: 'dlqPartition' } as const;
