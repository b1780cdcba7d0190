/** How the clients of one engine reach the cluster, and the first contact that tells whether they can. */
import { type Admin, type Cluster, Kafka, type KafkaConfig, type logCreator, logLevel, PartitionAssigners } from 'kafkajs';
import { CausewayError } from '../../protocol/errors.ts';
import { KAFKA_VERSIONS, type KafkaPlace, kafkaError } from './errors.ts';
import type { KafkaOptions } from './options.ts';

/** API keys of the protocol, and the version of each that the lab cannot do without. */
const NEEDED = [
  { api: 0, name: 'Produce', version: 3 },
  { api: 1, name: 'Fetch', version: 4 },
  { api: 8, name: 'OffsetCommit', version: 2 },
  { api: 22, name: 'InitProducerId', version: 0 },
] as const;

/** Of every request that fails for a passing reason: about 20 s in all before it is given up. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 5_000, retries: 8 } as const;

/** The first contact: connecting, asking for versions, logging in, asking for the brokers. */
const CONTACT_TRIES = 4;

const timeoutOf = (options: KafkaOptions): number => options.connectTimeoutMs ?? 5_000;

export interface KafkaConnection {
  readonly place: KafkaPlace;
  readonly admin: Admin;
  /** For requests that the library's administrator has no call for. */
  readonly cluster: Cluster;
  /**
   * A client of its own for every producer and consumer: the library keeps committed offsets per client and group, so
   * two members of one group made by one client would overwrite each other's. `retries` of a request, by default RETRY's.
   */
  client(retries?: number): Kafka;
  close(): Promise<void>;
}

/** @throws CausewayError connect.failed, mq.refused, mq.version */
export async function openConnection(options: KafkaOptions): Promise<KafkaConnection> {
  const address = options.brokers.join(',');
  const place = { address, user: options.sasl?.user ?? 'anonymous' };
  const config = clientConfig(options);
  const client = (retries: number = RETRY.retries): Kafka => new Kafka({ ...config, retry: { ...RETRY, retries } });
  let admin: Admin | undefined;
  let held: HeldCluster | undefined;
  try {
    const probe = client(1).admin();
    try {
      await within(CONTACT_TRIES * timeoutOf(options), probe.connect());
    } finally {
      // Not waited for: where something else than Kafka listens, the library waits for its answer without end.
      probe.disconnect().catch(() => {});
    }
    admin = client().admin();
    await admin.connect();
    held = holdCluster(client());
    await held.cluster.connect();
    await checkVersions(held.cluster, place);
  } catch (error) {
    await Promise.allSettled([admin?.disconnect(), held?.cluster.disconnect()]);
    const known = kafkaError(error, place);
    if (known.code !== 'mq.connection-lost') throw known;
    throw new CausewayError('connect.failed', { address, reason: String(known.details.reason) }, { cause: error });
  }
  const { cluster } = held;
  return {
    place,
    admin,
    cluster,
    client,
    async close() {
      await Promise.allSettled([admin.disconnect(), cluster.disconnect()]);
    },
  };
}

/** Rejects when it takes longer; what then becomes of it is nobody's concern any more. */
function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

interface HeldCluster {
  readonly cluster: Cluster;
}

/** The library hands its connections to partition assigners, and to nobody else: a consumer that is never run gets them. */
function holdCluster(client: Kafka): HeldCluster {
  let cluster: Cluster | undefined;
  client.consumer({
    groupId: 'causeway-unused',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        cluster = config.cluster;
        return PartitionAssigners.roundRobin(config);
      },
    ],
  });
  if (cluster === undefined) throw new Error('the Kafka client made no connection for its partition assigner');
  return { cluster };
}

/** An old broker would be spoken to in an old record format, without headers, and every property would be lost in silence. */
async function checkVersions(cluster: Cluster, place: KafkaPlace): Promise<void> {
  await cluster.refreshMetadata();
  const controller = await cluster.findControllerBroker();
  const versions = await controller.apiVersions();
  for (const { api, name, version } of NEEDED) {
    const offered = versions[api];
    if (offered !== undefined && offered.maxVersion >= version) continue;
    const reason = `${name} ${offered === undefined ? 'is missing' : `goes up to version ${offered.maxVersion}, ${version} is needed`}`;
    throw new CausewayError('mq.version', { address: place.address, reason, expected: KAFKA_VERSIONS });
  }
}

const CONNECTING: ReadonlySet<string> = new Set(['Connection', 'BrokerPool']);

function clientConfig(options: KafkaOptions): KafkaConfig {
  const timeout = timeoutOf(options);
  const config: KafkaConfig = {
    brokers: [...options.brokers],
    clientId: options.clientId ?? 'causeway',
    connectionTimeout: timeout,
    authenticationTimeout: timeout,
    requestTimeout: 30_000,
    logLevel: logLevel.WARN,
    logCreator: logTo(options.onLog),
  };
  const { sasl, tls } = options;
  if (sasl !== undefined) {
    config.sasl = { mechanism: sasl.mechanism as 'plain', username: sasl.user, password: sasl.password };
  }
  if (tls !== undefined) {
    config.ssl = {
      rejectUnauthorized: tls.verify ?? true,
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
    };
  }
  return config;
}

/**
 * Without a listener the library's lines go nowhere: what matters of them comes back as errors. With one, those about
 * connections are told: the others report what is tried again, or happens whenever a group is rearranged.
 */
function logTo(onLog: ((line: string) => void) | undefined): logCreator {
  return () => (entry) => {
    if (onLog === undefined) return;
    const { message, error } = entry.log as { message: string; error?: unknown };
    if (!CONNECTING.has(entry.namespace) || message.startsWith('Response ')) return;
    onLog(`Kafka ${entry.namespace}: ${message}${typeof error === 'string' ? ` (${error})` : ''}`);
  };
}
