/** compose.yaml against the lab's defaults: a server that listens elsewhere would not be found. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ENGINES } from '../../../core/mq/engines.ts';
import { textOf } from './documents.ts';

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly configs?: readonly { readonly source: string }[];
}

const { services, configs } = parse(textOf('compose.yaml')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
};

test.each([
  ['kafka', ENGINES.kafka.address],
  ['rocketmq-namesrv', ENGINES.rocketmq.address],
  ['rabbitmq', ENGINES.rabbitmq.address],
  ['mosquitto', '127.0.0.1:1883'],
])('%s is where the lab looks for it', (name, address) => {
  const port = address.split(':')[1];
  expect(services[name]!.ports).toContain(`${address}:${port}`);
});

test('every port is of this machine alone, and no two are the same', () => {
  const published = Object.values(services).flatMap(({ ports }) => ports.map((port) => port.slice(0, port.lastIndexOf(':'))));
  expect(published.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);
  expect(new Set(published).size).toBe(published.length);
});

test('brokers tell clients addresses that they can reach', () => {
  expect(services.kafka!.environment!.KAFKA_ADVERTISED_LISTENERS).toBe(`PLAINTEXT://${ENGINES.kafka.address}`);
  const broker = Object.fromEntries(
    configs['rocketmq-broker']!.content.split('\n').map((line) => line.split('=') as [string, string]),
  );
  expect(services.rocketmq!.ports).toContain(`${broker.brokerIP1}:${broker.listenPort}:${broker.listenPort}`);
});

test('RabbitMQ has the plugin the lab needs, and each file that a service names is there', () => {
  expect(configs['rabbitmq-plugins']!.content).toContain('rabbitmq_consistent_hash_exchange');
  const named = Object.values(services).flatMap(({ configs: files = [] }) => files.map(({ source }) => source));
  expect(named.sort()).toEqual(Object.keys(configs).sort());
});
