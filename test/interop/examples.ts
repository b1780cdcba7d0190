/** The examples of docs/clients.md, run as they stand there but for the address. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Program } from '../integration/interop/program.ts';
import { KAFKA_VERSION } from '../servers/kafka.ts';
import { type MavenArtifact, mavenJars } from '../servers/mavenJars.ts';
import { ROCKETMQ_VERSION } from '../servers/rocketmq.ts';
import { python } from './languages.ts';

/** The jars the servers themselves are started from: their clients are among them. */
const KAFKA_JARS = [
  { group: 'org.apache.kafka', name: 'kafka_2.13', version: KAFKA_VERSION },
  { group: 'org.slf4j', name: 'slf4j-simple', version: '1.7.36' },
];
const ROCKETMQ_JARS = ['rocketmq-proxy', 'rocketmq-namesrv'].map((name) => {
  return { group: 'org.apache.rocketmq', name, version: ROCKETMQ_VERSION };
});

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'clients.md');

/** The code blocks below a heading. @throws Error when there are none */
export async function exampleBlocks(heading: string): Promise<string[]> {
  const section = (await readFile(PAGE, 'utf8')).split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`));
  const blocks = [...(section ?? '').matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, code]) => code!);
  if (blocks.length === 0) throw new Error(`no example below "${heading}" in docs/clients.md`);
  return blocks;
}

/** A service as the page shows it. */
export interface Service {
  /** Begins to read; what it prints are lines `key | properties | body`. */
  read(): Program;
  /** Sends a command and ends. @throws Error when it fails */
  command(secondTopic: string, body: string): Promise<void>;
}

async function succeed(command: string, argv: readonly string[]): Promise<void> {
  const program = new Program(command, argv);
  program.endInput();
  if ((await program.ended).code !== 0) throw new Error(program.story());
}

const programs = (command: string, argv: readonly string[]): Service => ({
  read: () => new Program(command, argv),
  command: (secondTopic, body) => succeed(command, [...argv, secondTopic, body]),
});

/** Puts `address` (or, for pika, its port) in place of the one shown. @throws Error when the example does not show it */
function moved(code: string, shown: string, real: string): string {
  if (!code.includes(shown)) throw new Error(`the example does not say ${shown}`);
  return code.replaceAll(shown, real);
}

export async function kcat(address: string): Promise<Service> {
  const [read = '', send = ''] = (await exampleBlocks('Kafka: kcat')).map((code) => moved(code, '127.0.0.1:9092', address));
  return {
    read: () => new Program('sh', ['-c', `exec ${read}`]),
    command: (secondTopic, body) =>
      succeed('sh', ['-c', moved(moved(send, 'district/3', secondTopic), '\'{"do":"unlock"}\'', `'${body}'`)]),
  };
}

async function java(folder: string, name: string, code: string, jars: readonly MavenArtifact[]): Promise<Service> {
  const { java, classpath } = await mavenJars(...jars);
  const file = join(folder, `${name}.java`);
  await writeFile(file, code);
  return programs(java, ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', classpath, file]);
}

export async function kafkaJava(folder: string, address: string): Promise<Service> {
  const [code = ''] = await exampleBlocks('Kafka: Java');
  return java(folder, 'KafkaService', moved(code, '127.0.0.1:9092', address), KAFKA_JARS);
}

export async function rocketMqJava(folder: string, address: string): Promise<Service> {
  const [code = ''] = await exampleBlocks('RocketMQ: Java');
  return java(folder, 'RocketMqService', moved(code, '127.0.0.1:9876', address), ROCKETMQ_JARS);
}

export async function pika(folder: string, port: number): Promise<Service> {
  const [code = ''] = await exampleBlocks('RabbitMQ: pika');
  const file = join(folder, 'service.py');
  await writeFile(file, moved(code, '5672', String(port)));
  return programs(python(), [file]);
}
