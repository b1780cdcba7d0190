/** Eclipse Mosquitto on a free port of 127.0.0.1, anonymous, nothing kept on disk. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './freePorts.ts';
import { probeMqtt } from './probes.ts';
import { startServer } from './serverProcess.ts';
import { needCommand } from './unavailable.ts';

export interface MosquittoServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly pid: number;
  /** Ends it and removes its files. Idempotent. */
  stop(): Promise<void>;
}

/** `settings`: further lines of its configuration. @throws ServerUnavailable when it is not installed */
export async function startMosquitto(settings: readonly string[] = []): Promise<MosquittoServer> {
  const command = await needCommand('mosquitto', 'Debian: mosquitto');
  const folder = await mkdtemp(join(tmpdir(), 'causeway-mosquitto-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const [port] = (await freePorts(1)) as [number];
    const config = join(folder, 'mosquitto.conf');
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence false',
      // Its own limits would be measured otherwise.
      'max_queued_messages 100000',
      'max_inflight_messages 1000',
      ...settings,
    ];
    await writeFile(config, `${lines.join('\n')}\n`);
    const server = await startServer({ command, args: ['-c', config], folder, logFile: join(folder, 'mosquitto.log') });
    try {
      await server.ready('Mosquitto', () => probeMqtt('127.0.0.1', port));
    } catch (error) {
      await server.stop(0);
      throw error;
    }
    return {
      host: '127.0.0.1',
      port,
      pid: server.pid,
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
