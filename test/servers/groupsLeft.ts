/** What is left of consumer groups in a server, as its own tools and protocols tell: names of groups, or of their queues. */
import { Kafka, logLevel } from 'kafkajs';
import { Cluster } from '../../core/mq/rocketmq/cluster.ts';
import { parseJson } from '../../core/mq/rocketmq/json.ts';

/** Of RocketMQ's protocol: how far each group is on each topic, under `topic@group`. */
const ALL_OFFSETS = 43;

export async function kafkaGroups(address: string): Promise<string[]> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return (await admin.listGroups()).groups.map(({ groupId }) => groupId);
  } finally {
    await admin.disconnect();
  }
}

/**
 * Groups with a position. Settings say nothing: a broker makes them anew for a removed group when a request for messages that it
 * has held for a consumer runs out, however long that consumer is gone.
 */
export async function rocketMqGroups(nameServer: string): Promise<string[]> {
  const cluster = await Cluster.open([nameServer], { nameServer });
  try {
    const groups = new Set<string>();
    for (const { address } of await cluster.brokers()) {
      const { body } = await (await cluster.links.get(address)).call(ALL_OFFSETS, {});
      const { offsetTable } = parseJson(body) as { readonly offsetTable: object };
      for (const place of Object.keys(offsetTable)) groups.add(place.slice(place.indexOf('@') + 1));
    }
    return [...groups];
  } finally {
    await cluster.close();
  }
}

/** Behind the name of a queue that RabbitMQ removes by itself when nobody has used it for some minutes. */
export const EXPIRES = ' (expires)';

export async function rabbitMqQueues(control: (...args: string[]) => Promise<string>): Promise<string[]> {
  const lines = (await control('list_queues', 'name', 'arguments', '--no-table-headers'))
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => {
    const [name = '', settings = ''] = line.split('\t');
    return settings.includes('x-expires') ? `${name}${EXPIRES}` : name;
  });
}
