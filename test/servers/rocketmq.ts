/**
 * Apache RocketMQ 5: a name server, and broker and proxy together in one process (local mode), on free ports. The proxy
 * cannot be told an address to listen on: its gRPC port is open to other machines while it runs.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './freePorts.ts';
import { mavenJars } from './mavenJars.ts';
import { probeGrpc, probeNameServer } from './probes.ts';
import { type ServerProcess, startServer } from './serverProcess.ts';

export const ROCKETMQ_VERSION = process.env.CAUSEWAY_ROCKETMQ_VERSION ?? '5.5.0';

export interface RocketMqServer {
  /** gRPC, what the clients of line 5 speak. */
  readonly address: string;
  readonly nameServer: string;
  /** Remoting protocol of the broker: administration. */
  readonly broker: string;
  /** Ends it and removes its files. Idempotent. */
  stop(): Promise<void>;
}

const BROKER = 'causeway-broker';
const CLUSTER = 'causeway';

/** What RocketMQ reaches for inside the Java library; without it the broker cannot free its mapped files. */
const OPENED = ['java.nio', 'sun.nio.ch', 'jdk.internal.ref', 'java.lang'].flatMap((name) => [
  `--add-opens=java.base/${name}=ALL-UNNAMED`,
  `--add-exports=java.base/${name}=ALL-UNNAMED`,
]);

/** @throws ServerUnavailable without java or Maven */
export async function startRocketMq(version = ROCKETMQ_VERSION): Promise<RocketMqServer> {
  const group = 'org.apache.rocketmq';
  const { java, classpath } = await mavenJars(
    { group, name: 'rocketmq-proxy', version },
    { group, name: 'rocketmq-namesrv', version },
  );
  const folder = await mkdtemp(join(tmpdir(), 'causeway-rocketmq-'));
  const started: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    // The broker first: it takes leave of the name server.
    for (const server of started.reverse()) await server.stop(10_000);
    started.length = 0;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [names, grpc, remoting, ha, listen] = (await freePorts(5)) as [number, number, number, number, number];
    await mkdir(join(folder, 'conf'));
    const lines = (settings: Record<string, string | number | boolean>): string =>
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join('');
    await writeFile(
      join(folder, 'conf', 'namesrv.conf'),
      lines({
        bindAddress: '127.0.0.1',
        listenPort: names,
        kvConfigPath: join(folder, 'namesrv.json'),
        configStorePath: join(folder, 'namesrv.properties'),
      }),
    );
    await writeFile(
      join(folder, 'conf', 'broker.conf'),
      lines({
        brokerClusterName: CLUSTER,
        brokerName: BROKER,
        brokerId: 0,
        brokerIP1: '127.0.0.1',
        bindAddress: '127.0.0.1',
        // It listens two ports lower as well, for its own servers; that one is not asked for, and so may be taken.
        listenPort: listen,
        haListenPort: ha,
        namesrvAddr: `127.0.0.1:${names}`,
        storePathRootDir: join(folder, 'store'),
        storePathCommitLog: join(folder, 'store', 'commitlog'),
        // A gigabyte each by default, and mapped.
        mappedFileSizeCommitLog: 64 * 1024 * 1024,
        mappedFileSizeConsumeQueue: 600_000,
        maxIndexNum: 200_000,
        maxHashSlotNum: 50_000,
        diskMaxUsedSpaceRatio: 98,
        autoCreateTopicEnable: true,
      }),
    );
    await writeFile(
      join(folder, 'conf', 'rmq-proxy.json'),
      JSON.stringify({
        rocketMQClusterName: CLUSTER,
        proxyMode: 'LOCAL',
        localServeAddr: '127.0.0.1',
        namesrvAddr: `127.0.0.1:${names}`,
        grpcServerPort: grpc,
        remotingListenPort: remoting,
        // Sized for machines with many cores otherwise.
        grpcThreadPoolNums: 4,
        enableAclRpcHookForClusterMode: false,
      }),
    );
    const env: NodeJS.ProcessEnv = { ...process.env, ROCKETMQ_HOME: folder };
    const jvm = (heapMb: number): string[] => [
      `-Xmx${heapMb}m`,
      '-XX:MaxDirectMemorySize=256m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      // Logs and offsets go to the home folder otherwise.
      `-Duser.home=${folder}`,
      `-Drocketmq.home.dir=${folder}`,
      ...OPENED,
      '-cp',
      classpath,
    ];
    const run = async (name: string, heapMb: number, args: readonly string[]): Promise<ServerProcess> => {
      const logFile = join(folder, `${name}.log`);
      const server = await startServer({ command: java, args: [...jvm(heapMb), ...args], folder, logFile, env });
      started.push(server);
      return server;
    };
    const nameServer = await run('namesrv', 96, [
      'org.apache.rocketmq.namesrv.NamesrvStartup',
      '-c',
      join(folder, 'conf', 'namesrv.conf'),
    ]);
    await nameServer.ready('RocketMQ name server', () => probeNameServer('127.0.0.1', names, 'brokerAddrTable'));
    const proxy = await run('proxy', 512, [
      'org.apache.rocketmq.proxy.ProxyStartup',
      '-n',
      `127.0.0.1:${names}`,
      '-pm',
      'local',
      '-bc',
      join(folder, 'conf', 'broker.conf'),
      '-pc',
      join(folder, 'conf', 'rmq-proxy.json'),
    ]);
    await proxy.ready(`RocketMQ ${version}`, async () => {
      await probeNameServer('127.0.0.1', names, BROKER);
      await probeGrpc('127.0.0.1', grpc, '/apache.rocketmq.v2.MessagingService/QueryRoute');
    });
    return { address: `127.0.0.1:${grpc}`, nameServer: `127.0.0.1:${names}`, broker: `127.0.0.1:${listen}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
