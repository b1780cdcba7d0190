/**
 * Apache RocketMQ 5: a name server, and broker and proxy together in one process (local mode), on free ports. The proxy
 * cannot be told an address to listen on: its gRPC port is open to other machines while it runs.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../../core/gateway/certificate.ts';
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
  /** Certificate, in PEM, of the authority behind the servers' own: both ports above take TLS as well. */
  readonly authority: string;
  /** Kills broker and proxy without warning, and starts them again. */
  crash(): Promise<void>;
  /** Ends it and removes its files. Idempotent. */
  stop(): Promise<void>;
}

/** The one user of a server with access control. */
export interface RocketMqUser {
  readonly user: string;
  readonly password: string;
}

const BROKER = 'causeway-broker';
const CLUSTER = 'causeway';

/** What RocketMQ reaches for inside the Java library; without it the broker cannot free its mapped files. */
const OPENED = ['java.nio', 'sun.nio.ch', 'jdk.internal.ref', 'java.lang'].flatMap((name) => [
  `--add-opens=java.base/${name}=ALL-UNNAMED`,
  `--add-exports=java.base/${name}=ALL-UNNAMED`,
]);

/** `only`: who alone may use it; absent: everybody. @throws ServerUnavailable without java or Maven */
export async function startRocketMq(version = ROCKETMQ_VERSION, only?: RocketMqUser): Promise<RocketMqServer> {
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
    const { cert, key, ca } = await makeCertificate([]);
    await writeFile(join(folder, 'conf', 'server.pem'), cert);
    await writeFile(join(folder, 'conf', 'server.key'), key);
    await writeFile(
      join(folder, 'conf', 'tls.properties'),
      lines({
        'tls.test.mode.enable': false,
        'tls.server.need.client.auth': 'none',
        'tls.server.certPath': join(folder, 'conf', 'server.pem'),
        'tls.server.keyPath': join(folder, 'conf', 'server.key'),
      }),
    );
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
        ...(only === undefined ? {} : accessControl(only)),
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
      // Permissive: the same ports take connections with and without.
      `-Dtls.config.file=${join(folder, 'conf', 'tls.properties')}`,
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
    const runBroker = async (): Promise<void> => {
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
    };
    await runBroker();
    return {
      address: `127.0.0.1:${grpc}`,
      nameServer: `127.0.0.1:${names}`,
      broker: `127.0.0.1:${listen}`,
      authority: ca,
      async crash() {
        await started.pop()?.stop(0);
        await runBroker();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Users and rights as RocketMQ 5 keeps them (ACL 2.0): the one user may do all. */
function accessControl({ user, password }: RocketMqUser): Record<string, string | boolean> {
  const auth = 'org.apache.rocketmq.auth';
  return {
    authenticationEnabled: true,
    authenticationProvider: `${auth}.authentication.provider.DefaultAuthenticationProvider`,
    authenticationMetadataProvider: `${auth}.authentication.provider.LocalAuthenticationMetadataProvider`,
    initAuthenticationUser: JSON.stringify({ username: user, password }),
    innerClientAuthenticationCredentials: JSON.stringify({ accessKey: user, secretKey: password }),
    authorizationEnabled: true,
    authorizationProvider: `${auth}.authorization.provider.DefaultAuthorizationProvider`,
    authorizationMetadataProvider: `${auth}.authorization.provider.LocalAuthorizationMetadataProvider`,
  };
}
