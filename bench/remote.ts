/** Child processes that do one job of a benchmark, called like objects: a broker, a fleet of clients, a whole run. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a child offers: named commands, each taking and giving plain data. */
export type Role = Readonly<Record<string, (input: never) => Promise<unknown>>>;

export type Request = { readonly id: number; readonly command: string; readonly input: unknown };
export type Response = { readonly id: number; readonly answer?: unknown; readonly error?: string };

type Input<R extends Role, C extends keyof R> = Parameters<R[C]>[0];
type Answer<R extends Role, C extends keyof R> = Awaited<ReturnType<R[C]>>;

export interface Remote<R extends Role> {
  readonly pid: number;
  /** Runs a command in the child; rejects with its error, or when the child ends. */
  call<C extends keyof R & string>(command: C, input: Input<R, C>): Promise<Answer<R, C>>;
  /** Ends the process. Idempotent. */
  close(): Promise<void>;
}

/** Starts a child process in the role of that name (see child.ts). */
export function startRole<R extends Role>(name: string, nodeArguments: readonly string[] = []): Remote<R> {
  const child = fork(fileURLToPath(new URL('child.js', import.meta.url)), [name], { execArgv: [...nodeArguments] });
  return new ChildRemote<R>(name, child);
}

class ChildRemote<R extends Role> implements Remote<R> {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  #lastId = 0;
  #ended: Error | undefined;

  constructor(name: string, child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid ?? -1;
    child.on('message', (response: Response) => {
      const waiting = this.#waiting.get(response.id);
      this.#waiting.delete(response.id);
      if (response.error === undefined) waiting?.resolve(response.answer);
      else waiting?.reject(new Error(`${name}: ${response.error}`));
    });
    child.on('exit', (code, signal) => {
      this.#ended = new Error(`the process "${name}" ended (${signal ?? `code ${code}`})`);
      for (const { reject } of this.#waiting.values()) reject(this.#ended);
      this.#waiting.clear();
    });
  }

  call<C extends keyof R & string>(command: C, input: Input<R, C>): Promise<Answer<R, C>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#lastId += 1;
    const request: Request = { id: this.#lastId, command, input };
    return new Promise<Answer<R, C>>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: (answer) => resolve(answer as Answer<R, C>), reject });
      this.#child.send(request);
    });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    // Nothing in it is worth an orderly end, and 16,000 connections take seconds to say goodbye.
    this.#child.kill('SIGKILL');
    await gone;
  }
}
