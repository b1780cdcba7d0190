/**
 * A server of another make, run as a child of the tests: its output goes to a file, it is ended by its process id, and
 * it never outlives whoever started it, however that ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';

export interface ServerProcess {
  readonly pid: number;
  /** How it ended, once it has. */
  readonly ended: string | undefined;
  /** Tries until the probe resolves. @throws Error with the end of the log when the server ends first or the time is over */
  ready(what: string, probe: () => Promise<unknown>, timeoutMs?: number): Promise<void>;
  /** SIGTERM, after `graceMs` (default 5,000; 0: at once) SIGKILL; resolves when the process is gone. Idempotent. */
  stop(graceMs?: number): Promise<void>;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Its working folder, removed with it if the tests die. */
  readonly folder: string;
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Waits on a pipe that only the parent's death closes (SIGKILL included, where no handler of the parent runs), then
 * ends the server's process group and removes its folder. A shell, because it costs 1 MB and not a second Node.
 */
const GUARD = 'read _; kill -s KILL -- "-$1" 2>/dev/null; sleep 1; rm -rf -- "$2"';

export async function startServer(spec: ServerCommand): Promise<ServerProcess> {
  const log = await open(spec.logFile, 'a');
  let child: ChildProcess;
  try {
    child = spawn(spec.command, spec.args, {
      cwd: spec.folder,
      env: spec.env ?? process.env,
      // A process group of its own: scripts that start others (RabbitMQ's do) are ended with all they started.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } finally {
    await log.close();
  }
  const pid = child.pid!;
  const guard = spawn('sh', ['-c', GUARD, 'guard', String(pid), spec.folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});

  let ended: string | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = signal ?? `exit code ${code}`;
      resolve();
    });
  });
  // The guard goes with the server: its number may be given to a stranger afterwards.
  void gone.then(() => guard.kill('SIGKILL'));
  const signal = (name: NodeJS.Signals): void => {
    if (ended !== undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // Gone in between.
    }
  };

  return {
    pid,
    get ended() {
      return ended;
    },
    async ready(what, probe, timeoutMs = 60_000) {
      const end = performance.now() + timeoutMs;
      let last: unknown;
      while (performance.now() < end) {
        if (ended !== undefined) throw new Error(`${what} ended (${ended}):\n${await tail(spec.logFile)}`);
        try {
          await probe();
          return;
        } catch (error) {
          last = error;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`${what} was not ready within ${timeoutMs} ms (${String(last)}):\n${await tail(spec.logFile)}`);
    },
    async stop(graceMs = 5_000) {
      signal(graceMs === 0 ? 'SIGKILL' : 'SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), graceMs);
      await gone;
      clearTimeout(timer);
      guard.kill('SIGKILL');
    },
  };
}

async function tail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').slice(-30).join('\n');
}
