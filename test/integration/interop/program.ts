/** Programs run as a user would run them: a child process, its lines, its exit code. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from '../../helpers/waitFor.ts';

const CLI = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'main.js');

/** How a program ended; exactly one of the two is null. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running program. Whoever starts it calls `close`, which kills what is still alive. */
export class Program {
  readonly name: string;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcessWithoutNullStreams;
  #out = '';
  #err = '';
  #over = false;

  constructor(command: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.name = [command, ...argv].join(' ');
    this.#child = spawn(command, argv, { env: { ...process.env, NO_COLOR: '1', ...env } });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    // A program may end without having read its input.
    this.#child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        this.#over = true;
        resolve({ code, signal });
      });
    });
    this.ended.catch(() => undefined);
  }

  out(): string {
    return this.#out;
  }

  err(): string {
    return this.#err;
  }

  /** Complete lines of stdout so far. */
  lines(): string[] {
    return this.#out.split('\n').slice(0, -1);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  write(input: string | Uint8Array): void {
    this.#child.stdin.write(input);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Nobody reads its stdout any more, as when `head` has ended. */
  stopReading(): void {
    this.#child.stdout.destroy();
  }

  /** Waits for the condition; tells what was printed when the program ends before, or when it does not come. */
  async until(what: string, condition: () => boolean): Promise<void> {
    await waitFor(what, () => condition() || this.#over).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.story()}`);
    });
    if (!condition()) throw new Error(`ended before ${what}\n${this.story()}`);
  }

  story(): string {
    return `${this.name}\nstdout: ${this.#out.slice(-2000)}\nstderr: ${this.#err.slice(-2000)}`;
  }

  async close(): Promise<void> {
    if (!this.#over) this.#child.kill('SIGKILL');
    await this.ended.catch(() => undefined);
  }
}

/** What a program had printed when it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end; one that does not end is killed, so that `code` is null. */
export async function runProgram(
  command: string,
  argv: readonly string[],
  options: { readonly stdin?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const program = new Program(command, argv, options.env);
  if (options.stdin !== undefined) program.write(options.stdin);
  program.endInput();
  const timer = setTimeout(() => program.signal('SIGKILL'), 25_000);
  try {
    const { code } = await program.ended;
    return { code, out: program.out(), err: program.err() };
  } finally {
    clearTimeout(timer);
  }
}

/** The compiled command line in a process of its own. */
export function startCli(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  return new Program(process.execPath, [CLI, ...argv], env);
}

/** Runs the compiled command line to its end. */
export function runCli(argv: readonly string[], options: Parameters<typeof runProgram>[2] = {}): Promise<Outcome> {
  return runProgram(process.execPath, [CLI, ...argv], options);
}

/** Says in one line why tests are skipped, and returns whether the program is there. */
export function isInstalled(what: string, command: string, argv: readonly string[], remedy: string): boolean {
  const tried = spawnSync(command, argv, { stdio: 'ignore' });
  if (tried.error === undefined && tried.status === 0) return true;
  console.warn(`skipped: there is no ${what} here; ${remedy}`);
  return false;
}
