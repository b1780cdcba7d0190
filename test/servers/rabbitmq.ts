/** RabbitMQ with its MQTT and consistent-hash plugins, one node on free ports of 127.0.0.1. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificate } from '../../core/gateway/certificate.ts';
import { freePorts } from './freePorts.ts';
import { probeAmqp, probeMqtt } from './probes.ts';
import { type ServerProcess, startServer } from './serverProcess.ts';
import { needCommand } from './unavailable.ts';

export interface RabbitMqServer {
  readonly host: '127.0.0.1';
  readonly amqpPort: number;
  /** TLS with a certificate of `authority` (PEM). */
  readonly amqpsPort: number;
  readonly authority: string;
  readonly mqttPort: number;
  /** Of virtual host `/`; MQTT clients without user get it too. */
  readonly user: string;
  readonly password: string;
  /** May read everything in virtual host `/` and create nothing. Its password is its name. */
  readonly reader: string;
  /** Has no rights in any virtual host. Its password is its name. */
  readonly stranger: string;
  readonly pid: number;
  /** What `rabbitmqctl` prints. */
  control(...args: readonly string[]): Promise<string>;
  /** Kills it and starts it again on the same ports and files. */
  crash(): Promise<void>;
  /** Ends it and removes its files. Idempotent. */
  stop(): Promise<void>;
}

const USER = 'guest';
const PASSWORD = 'guest';
const READER = 'reader';
const STRANGER = 'stranger';
const PLUGINS = ['rabbitmq_mqtt', 'rabbitmq_consistent_hash_exchange'];
/** Debian's own wrapper in /usr/sbin changes to the user rabbitmq and its folders; this is the script behind it. */
const SCRIPT_FOLDERS = ['/usr/lib/rabbitmq/bin'];

/** `enabled`: plugins, that of MQTT among them. @throws ServerUnavailable when it is not installed */
export async function startRabbitMq(enabled: readonly string[] = PLUGINS): Promise<RabbitMqServer> {
  await needCommand('erl', 'Debian: rabbitmq-server');
  const epmdCommand = await needCommand('epmd', 'Debian: rabbitmq-server');
  const command = await needCommand('rabbitmq-server', 'Debian: rabbitmq-server', SCRIPT_FOLDERS);
  const controlCommand = await needCommand('rabbitmqctl', 'Debian: rabbitmq-server', SCRIPT_FOLDERS);
  const folder = await mkdtemp(join(tmpdir(), 'causeway-rabbitmq-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const [amqp, amqps, mqtt, dist, epmdPort] = (await freePorts(5)) as [number, number, number, number, number];
    const { cert, key, ca } = await makeCertificate([]);
    const config = join(folder, 'rabbitmq.conf');
    const plugins = join(folder, 'enabled_plugins');
    const home = join(folder, 'home');
    await mkdir(home);
    const definitions = join(folder, 'definitions.json');
    const pem = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    await writeFile(pem.certificate, cert);
    await writeFile(pem.key, key, { mode: 0o600 });
    await writeFile(definitions, JSON.stringify(definitionsOfUsers()));
    const lines = [
      `listeners.tcp.1 = 127.0.0.1:${amqp}`,
      `listeners.ssl.1 = 127.0.0.1:${amqps}`,
      `ssl_options.certfile = ${pem.certificate}`,
      `ssl_options.keyfile = ${pem.key}`,
      `load_definitions = ${definitions}`,
      `mqtt.listeners.tcp.1 = 127.0.0.1:${mqtt}`,
      'mqtt.allow_anonymous = true',
      `mqtt.default_user = ${USER}`,
      `mqtt.default_pass = ${PASSWORD}`,
      'vm_memory_high_watermark.absolute = 1GiB',
      'log.console = true',
      'log.console.level = warning',
      'log.file = false',
    ];
    await writeFile(config, `${lines.join('\n')}\n`);
    await writeFile(plugins, `[${enabled.join(',')}].\n`);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      HOME: home,
      // Erlang finds its own nodes through a daemon that it would start itself and leave running.
      ERL_EPMD_PORT: String(epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
      RABBITMQ_NODENAME: `causeway${amqp}@localhost`,
      RABBITMQ_DIST_PORT: String(dist),
      RABBITMQ_CONFIG_FILE: config,
      RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'config'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none',
    };
    const logFile = join(folder, 'rabbitmq.log');
    const epmd = await startServer({
      command: epmdCommand,
      args: ['-port', String(epmdPort), '-address', '127.0.0.1'],
      folder,
      logFile: join(folder, 'epmd.log'),
      env,
    });
    try {
      const start = async (): Promise<ServerProcess> => {
        const process = await startServer({ command, args: [], folder, logFile, env });
        try {
          await process.ready('RabbitMQ', async () => {
            await probeAmqp('127.0.0.1', amqp);
            // The MQTT plugin starts after the rest.
            await probeMqtt('127.0.0.1', mqtt, USER, PASSWORD);
          });
        } catch (error) {
          await process.stop(0);
          throw error;
        }
        return process;
      };
      let server = await start();
      return {
        host: '127.0.0.1',
        amqpPort: amqp,
        amqpsPort: amqps,
        authority: ca,
        mqttPort: mqtt,
        user: USER,
        password: PASSWORD,
        reader: READER,
        stranger: STRANGER,
        get pid() {
          return server.pid;
        },
        async control(...args) {
          return (await promisify(execFile)(controlCommand, ['--quiet', ...args], { env, cwd: folder })).stdout;
        },
        async crash() {
          await server.stop(0);
          server = await start();
        },
        async stop() {
          await server.stop(10_000);
          await epmd.stop();
          await remove();
        },
      };
    } catch (error) {
      await epmd.stop();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Read at every start. With definitions RabbitMQ makes no user by itself. */
function definitionsOfUsers(): object {
  const user = (name: string, password: string): object => {
    const salt = randomBytes(4);
    const hash = createHash('sha256').update(salt).update(password).digest();
    const password_hash = Buffer.concat([salt, hash]).toString('base64');
    return { name, password_hash, hashing_algorithm: 'rabbit_password_hashing_sha256', tags: '' };
  };
  return {
    vhosts: [{ name: '/' }],
    users: [user(USER, PASSWORD), user(READER, READER), user(STRANGER, STRANGER)],
    permissions: [
      { user: USER, vhost: '/', configure: '.*', write: '.*', read: '.*' },
      { user: READER, vhost: '/', configure: '^$', write: '^$', read: '.*' },
    ],
  };
}
