/** What it takes to reach a Kafka cluster. */

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly user: string;
  readonly password: string;
}

/** PEM texts. */
export interface KafkaTls {
  /** Authorities trusted in place of the system's. */
  readonly ca?: string;
  /** Certificate and key of this client, for brokers that ask for one. */
  readonly cert?: string;
  readonly key?: string;
  /** False accepts any certificate. Default true. */
  readonly verify?: boolean;
}

export interface KafkaOptions {
  /** `host:port` of one or more brokers; the others are learned from them. */
  readonly brokers: readonly string[];
  readonly sasl?: KafkaSasl;
  /** Absent: no encryption. `{}`: the system's authorities. */
  readonly tls?: KafkaTls;
  /** Shown in the brokers' logs. Default `causeway`. */
  readonly clientId?: string;
  /** Milliseconds to reach a broker before it counts as not there. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Replicas of a topic created by the lab. Default: what the broker is configured for (brokers older than 2.4 must be told). */
  readonly replicationFactor?: number;
  /** Lines that tell of trouble passing by itself: connections that fail, consumers that begin again. */
  readonly onLog?: (line: string) => void;
  /** Monotonic microseconds, for retries and visibility. Default `nowUs`. */
  readonly clock?: () => number;
}
