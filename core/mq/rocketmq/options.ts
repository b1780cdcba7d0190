/** What it takes to reach a RocketMQ cluster. */

/** PEM texts. */
export interface RocketMqTls {
  /** Authorities trusted in place of the system's. */
  readonly ca?: string;
  /** Certificate and key of this client, for servers that ask for one. */
  readonly cert?: string;
  readonly key?: string;
  /** False accepts any certificate. Default true. */
  readonly verify?: boolean;
}

export interface RocketMqOptions {
  /**
   * `host:port` of the name server, or of several, separated by `;` or `,`. Default `127.0.0.1:9876`. The brokers are learned from
   * it; they, not a proxy, are spoken to (docs/decisions/rocketmq.md).
   */
  readonly nameServer?: string;
  /** For brokers with access control: the name of the user (ACL 2.0) or its access key (ACL 1.0). */
  readonly accessKey?: string;
  readonly secretKey?: string;
  /** Beside temporary keys. */
  readonly securityToken?: string;
  /** Absent: no encryption. `{}`: the system's authorities. */
  readonly tls?: RocketMqTls;
  /** Milliseconds to reach a server before it counts as not there. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Lines that tell of trouble passing by itself (lost connections, retries). */
  readonly onLog?: (line: string) => void;
  /** Monotonic microseconds, for retries and visibility. Default `nowUs`. */
  readonly clock?: () => number;
}
