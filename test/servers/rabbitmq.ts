/** RabbitMQ with its MQTT and consistent-hash plugins, one node on free ports of 127.0.0.1. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './freePorts.ts';
import { probeAmqp, probeMqtt } from './probes.ts';
import { startServer } from './serverProcess.ts';
import { needCommand } from './unavailable.ts';

export interface RabbitMqServer {
  readonly host: '127.0.0.1';
  readonly amqpPort: number;
  readonly mqttPort: number;
  /** Of virtual host `/`; MQTT clients without user get it too. */
  readonly user: string;
  readonly password: string;
  readonly pid: number;
  /** Ends it and removes its files. Idempotent. */
  stop(): Promise<void>;
}

const USER = 'guest';
const PASSWORD = 'guest';
/** Debian's own wrapper in /usr/sbin changes to the user rabbitmq and its folders; this is the script behind it. */
const SCRIPT_FOLDERS = ['/usr/lib/rabbitmq/bin'];

/** @throws ServerUnavailable when it is not installed */
export async function startRabbitMq(): Promise<RabbitMqServer> {
  await needCommand('erl', 'Debian: rabbitmq-server');
  const epmdCommand = await needCommand('epmd', 'Debian: rabbitmq-server');
  const command = await needCommand('rabbitmq-server', 'Debian: rabbitmq-server', SCRIPT_FOLDERS);
  const folder = await mkdtemp(join(tmpdir(), 'causeway-rabbitmq-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const [amqp, mqtt, dist, epmdPort] = (await freePorts(4)) as [number, number, number, number];
    const config = join(folder, 'rabbitmq.conf');
    const plugins = join(folder, 'enabled_plugins');
    const home = join(folder, 'home');
    await mkdir(home);
    const lines = [
      `listeners.tcp.1 = 127.0.0.1:${amqp}`,
      `mqtt.listeners.tcp.1 = 127.0.0.1:${mqtt}`,
      'mqtt.allow_anonymous = true',
      `mqtt.default_user = ${USER}`,
      `mqtt.default_pass = ${PASSWORD}`,
      'vm_memory_high_watermark.absolute = 512MiB',
      'log.console = true',
      'log.console.level = warning',
      'log.file = false',
    ];
    await writeFile(config, `${lines.join('\n')}\n`);
    await writeFile(plugins, '[rabbitmq_mqtt,rabbitmq_consistent_hash_exchange].\n');
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
      const server = await startServer({ command, args: [], folder, logFile, env });
      try {
        await server.ready('RabbitMQ', async () => {
          await probeAmqp('127.0.0.1', amqp);
          // The MQTT plugin starts after the rest.
          await probeMqtt('127.0.0.1', mqtt, USER, PASSWORD);
        });
      } catch (error) {
        await server.stop(0);
        throw error;
      }
      return {
        host: '127.0.0.1',
        amqpPort: amqp,
        mqttPort: mqtt,
        user: USER,
        password: PASSWORD,
        pid: server.pid,
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
