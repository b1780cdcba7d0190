/**
 * Bytes a topic takes on the brokers' disks. The client library lacks this one request (DescribeLogDirs, API key 35,
 * version 1: Kafka 2.0 and newer), so it is written here and sent over the library's own connection.
 */
import type { Broker, Cluster } from 'kafkajs';

interface Request {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}

/** The one thing of the library's insides that is used here. */
interface WithPool {
  readonly connectionPool: {
    send<T>(call: { request: Request; response: { decode(raw: Buffer): Promise<T>; parse(data: T): Promise<T> } }): Promise<T>;
  };
}

const hasPool = (broker: Broker): broker is Broker & WithPool => {
  const pool: unknown = (broker as Partial<WithPool>).connectionPool;
  return typeof pool === 'object' && pool !== null && 'send' in pool && typeof pool.send === 'function';
};

/** Bytes by topic: of each partition the largest replica. Empty for what the user may not see. */
export async function topicBytes(cluster: Cluster): Promise<Map<string, number>> {
  const largest = new Map<string, Map<number, number>>();
  for (const nodeId of cluster.getNodeIds()) {
    const broker = await cluster.findBroker({ nodeId: String(nodeId) });
    if (!hasPool(broker)) continue;
    await broker.connectionPool.send({
      request: { apiKey: 35, apiVersion: 1, apiName: 'DescribeLogDirs', encode: async () => ALL_TOPICS },
      response: { decode: async (raw) => raw, parse: async (raw) => readSizes(raw, largest) },
    });
  }
  const sums = new Map<string, number>();
  for (const [topic, partitions] of largest) {
    let sum = 0;
    for (const size of partitions.values()) sum += size;
    sums.set(topic, sum);
  }
  return sums;
}

/** A null array of topics asks for all of them. */
const NULL_ARRAY = Buffer.from([0xff, 0xff, 0xff, 0xff]);
const ALL_TOPICS = { buf: NULL_ARRAY, buffer: NULL_ARRAY };

/** throttle_time_ms [error_code log_dir [topic [partition size offset_lag is_future]]] */
export function readSizes(raw: Buffer, largest: Map<string, Map<number, number>>): Buffer {
  let at = 4;
  const skip = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const int16 = (): number => raw.readInt16BE(skip(2));
  const int32 = (): number => raw.readInt32BE(skip(4));
  const int64 = (): number => Number(raw.readBigInt64BE(skip(8)));
  const text = (): string => {
    const length = int16();
    return raw.toString('utf8', skip(length), at);
  };
  for (let folders = int32(); folders > 0; folders -= 1) {
    int16();
    text();
    for (let topics = int32(); topics > 0; topics -= 1) {
      const topic = text();
      const sizes = largest.get(topic) ?? new Map<number, number>();
      largest.set(topic, sizes);
      for (let partitions = int32(); partitions > 0; partitions -= 1) {
        const partition = int32();
        const size = int64();
        int64();
        skip(1);
        sizes.set(partition, Math.max(size, sizes.get(partition) ?? 0));
      }
    }
  }
  return raw;
}
