/** Mosquitto as a child process: the peer of the gateway, and the sink that fleets send to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mosquittoProgram } from './machine.ts';

export interface Broker {
  readonly pid: number;
  readonly port: number;
  close(): Promise<void>;
}

const START_MS = 5_000;

/** Starts Mosquitto on a free port of 127.0.0.1, as fast as its settings allow: no files, no log. @throws Error when it does not start */
export async function startMosquitto(): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-'));
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(
    config,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence false',
      'log_type none',
      'sys_interval 0',
      // The gateway does the same.
      'set_tcp_nodelay true',
      '',
    ].join('\n'),
  );
  const { file, env } = mosquittoProgram();
  const child = spawn(file, ['-c', config], { env, stdio: 'ignore' });
  const broker = new Mosquitto(child, port, folder);
  try {
    await broker.ready();
  } catch (error) {
    await broker.close();
    throw error;
  }
  return broker;
}

class Mosquitto implements Broker {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #failure: Error | undefined;

  constructor(child: ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.port = port;
    this.#folder = folder;
    child.on('error', (error) => {
      this.#failure = new Error(
        `Mosquitto is the peer here and did not start: ${error.message}. Install it, or name it in the variable MOSQUITTO`,
      );
    });
    child.on('exit', (code) => {
      this.#failure ??= new Error(`Mosquitto ended with code ${code}`);
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  async ready(): Promise<void> {
    const end = performance.now() + START_MS;
    while (!(await answers(this.port))) {
      if (this.#failure !== undefined) throw this.#failure;
      if (performance.now() > end) throw new Error(`Mosquitto does not answer on port ${this.port} after ${START_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Mosquitto can't be asked for "any port"; one that was free a moment ago is as near as it gets. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port of 127.0.0.1 is free');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
