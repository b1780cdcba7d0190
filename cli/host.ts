/**
 * All that the command line takes from the world around it. `cli/main.ts` makes it out of the process; tests make
 * their own, so that a whole run of the program happens inside a test.
 */
import type { Services } from './services.ts';

export interface TextSink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Read anew for each line, since a window may be resized; undefined where it is not a terminal. */
  readonly columns: number | undefined;
}

export interface Host {
  /** Arguments after the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly stdin: { readonly isTTY: boolean; read(): Promise<Uint8Array> };
  readonly version: string;
  /** A path as the user wrote it, made usable for node:fs. */
  path(file: string): string;
  /** Folder of the scenarios that come with the program. */
  readonly shippedScenarios: string;
  /** Microseconds, monotonic. */
  readonly clock: () => number;
  /** Calls the handler every `ms` until the returned function is called. */
  every(ms: number, handler: () => void): () => void;
  /** Calls the handler on each SIGINT or SIGTERM instead of ending the process, until the returned function is called. */
  onSignal(handler: () => void): () => void;
  readonly services: Services;
}

/** Exit code of a program ended by Ctrl-C at once (128 + SIGINT), as shells expect. */
export const EXIT_ABORTED = 130;

/** Are colours wanted on this sink? NO_COLOR and --no-color win, then FORCE_COLOR, then: is it a terminal. */
export function wantsColor(host: Host, sink: TextSink): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = host.env;
  if ((NO_COLOR !== undefined && NO_COLOR !== '') || host.argv.includes('--no-color')) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return sink.isTTY && TERM !== 'dumb';
}
