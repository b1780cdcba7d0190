/** Starts real servers by hand: `node scripts/servers.mjs kafka rabbitmq`. Ends them with Ctrl-C. */
import { startKafka } from './kafka.ts';
import { startMosquitto } from './mosquitto.ts';
import { startRabbitMq } from './rabbitmq.ts';
import { startRocketMq } from './rocketmq.ts';
import { ServerUnavailable } from './unavailable.ts';

interface Server {
  stop(): Promise<void>;
}

const STARTS: Readonly<Record<string, () => Promise<Server>>> = {
  kafka: () => startKafka(),
  mosquitto: () => startMosquitto(),
  rabbitmq: () => startRabbitMq(),
  rocketmq: () => startRocketMq(),
};

/** Where it listens and how to log in: whatever of the server's handle is text or a number. */
const places = (server: Server): string =>
  Object.entries(server)
    .filter(([name, value]) => (typeof value === 'string' && name !== 'authority') || typeof value === 'number')
    .map(([name, value]) => `  ${name}: ${value}`)
    .join('\n');

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => STARTS[name] === undefined);
  if (names.length === 0 || unknown !== undefined) {
    const known = Object.keys(STARTS).join(', ');
    process.stderr.write(unknown === undefined ? `which of ${known}?\n` : `${unknown} is not one of ${known}\n`);
    return 2;
  }
  const servers: Server[] = [];
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  // Keeps the process, which has nothing else to do, until it is interrupted.
  const alive = setInterval(() => {}, 60_000);
  try {
    for (const name of names) {
      process.stderr.write(`starting ${name} ...\n`);
      const server = await STARTS[name]!();
      servers.push(server);
      process.stdout.write(`${name}\n${places(server)}\n`);
    }
    process.stderr.write('Ctrl-C ends them\n');
    await interrupted;
    return 0;
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 3;
  } finally {
    clearInterval(alive);
    for (const server of servers.reverse()) await server.stop();
  }
}

process.exitCode = await main(process.argv.slice(2));
