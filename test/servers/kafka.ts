/** Apache Kafka, one broker and controller in one process (KRaft), on free ports of 127.0.0.1. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { makeCertificate } from '../../core/gateway/certificate.ts';
import { freePorts } from './freePorts.ts';
import { mavenJars } from './mavenJars.ts';
import { type ServerProcess, startServer } from './serverProcess.ts';

/** Newest of the line that runs on Java 17; the engine is held to 3.9.2 as well (CAUSEWAY_KAFKA_VERSION=3.9.2). */
export const KAFKA_VERSION = process.env.CAUSEWAY_KAFKA_VERSION ?? '4.4.0';

export interface KafkaServer {
  /** Without credentials. */
  readonly address: string;
  /** SASL PLAIN, `user` and `password` below. */
  readonly saslAddress: string;
  readonly user: string;
  readonly password: string;
  /** TLS with a certificate of `authority` (PEM). */
  readonly tlsAddress: string;
  readonly authority: string;
  /** Kills it and starts it again on the same ports and files. */
  crash(): Promise<void>;
  /** Ends it and removes its files. Idempotent. */
  stop(): Promise<void>;
}

const USER = 'lab';
const PASSWORD = 'lab-secret';

const LOG = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

/** Ready when a client finds the broker and its controller. @throws ServerUnavailable without java or Maven */
export async function startKafka(version = KAFKA_VERSION): Promise<KafkaServer> {
  const { java, classpath } = await mavenJars(
    { group: 'org.apache.kafka', name: 'kafka_2.13', version },
    // Kafka's jars alone log nowhere, not even why they end.
    { group: 'org.slf4j', name: 'slf4j-simple', version: '1.7.36' },
  );
  const folder = await mkdtemp(join(tmpdir(), 'causeway-kafka-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const [plain, sasl, tls, controller] = (await freePorts(4)) as [number, number, number, number];
    const { cert, key, ca } = await makeCertificate([]);
    const pem = (text: string): string => text.trim().replace(/\r?\n/g, '\\n');
    const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
    const settings: Record<string, string | number> = {
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'controller.listener.names': 'CONTROLLER',
      listeners: `PLAINTEXT://127.0.0.1:${plain},SASL://127.0.0.1:${sasl},TLS://127.0.0.1:${tls},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${plain},SASL://127.0.0.1:${sasl},TLS://127.0.0.1:${tls}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.sasl.plain.sasl.jaas.config': `${login} user_${USER}="${PASSWORD}";`,
      'listener.name.tls.ssl.keystore.type': 'PEM',
      'listener.name.tls.ssl.keystore.certificate.chain': pem(cert),
      'listener.name.tls.ssl.keystore.key': pem(key),
      'log.dirs': join(folder, 'data'),
      'offsets.topic.replication.factor': 1,
      'offsets.topic.num.partitions': 4,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.min.isr': 1,
      // A new group waits 3 s for more members by default; tests make hundreds of groups.
      'group.initial.rebalance.delay.ms': 0,
      'num.network.threads': 2,
      'num.io.threads': 2,
      'log.cleaner.enable': 'false',
    };
    const config = join(folder, 'server.properties');
    await writeFile(
      config,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const memory = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const run = promisify(execFile);
    const tool = [...memory, '-Dorg.slf4j.simpleLogger.defaultLogLevel=off', '-cp', classpath, 'kafka.tools.StorageTool'];
    const id = (await run(java, [...tool, 'random-uuid'], { cwd: folder })).stdout.trim().split('\n').at(-1)!;
    await run(java, [...tool, 'format', '-t', id, '-c', config], { cwd: folder });

    const address = `127.0.0.1:${plain}`;
    const start = async (): Promise<ServerProcess> => {
      const process = await startServer({
        command: java,
        args: [...memory, ...LOG, '-cp', classpath, 'kafka.Kafka', config],
        folder,
        logFile: join(folder, 'kafka.log'),
      });
      try {
        await process.ready(`Kafka ${version}`, () => probe(address));
      } catch (error) {
        await process.stop(0);
        throw error;
      }
      return process;
    };
    let server = await start();
    return {
      address,
      saslAddress: `127.0.0.1:${sasl}`,
      user: USER,
      password: PASSWORD,
      tlsAddress: `127.0.0.1:${tls}`,
      authority: ca,
      async crash() {
        await server.stop(0);
        server = await start();
      },
      async stop() {
        await server.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function probe(address: string): Promise<void> {
  const retry = { retries: 0 };
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, connectionTimeout: 1000, retry }).admin({ retry });
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    if (brokers.length === 0 || controller === null) throw new Error('no broker in the cluster yet');
  } finally {
    await admin.disconnect();
  }
}
