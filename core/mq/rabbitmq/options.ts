/** What it takes to reach a RabbitMQ. */

/** PEM texts. */
export interface RabbitMqTls {
  /** Authorities trusted in place of the system's. */
  readonly ca?: string;
  /** Certificate and key of this client, for brokers that ask for one. */
  readonly cert?: string;
  readonly key?: string;
  /** False accepts any certificate. Default true. */
  readonly verify?: boolean;
}

export interface RabbitMqOptions {
  /** Name or address, without scheme. */
  readonly host: string;
  /** Default 5672, with TLS 5671. */
  readonly port?: number;
  /** Default `/`. */
  readonly vhost?: string;
  /** Default `guest`, whom RabbitMQ lets in from its own machine only. */
  readonly user?: string;
  /** Default `guest`. */
  readonly password?: string;
  /** Absent: no encryption. `{}`: the system's authorities. */
  readonly tls?: RabbitMqTls;
  /** Of a topic exchange that others have made, once a group of the lab consumes from it. Default 4. */
  readonly partitions?: number;
  /** Milliseconds to connect and log in before the broker counts as not there. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Lines that tell of trouble: connections lost and back, a broker that takes no messages for want of memory or disk. */
  readonly onLog?: (line: string) => void;
  /** Monotonic microseconds, for retries and visibility. Default `nowUs`. */
  readonly clock?: () => number;
}
