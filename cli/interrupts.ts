/** Ctrl-C of commands that stay: the first drains, the second ends at once. */
import { EXIT } from '../core/protocol/errors.ts';
import { formatCount } from '../core/report/units.ts';
import { EXIT_ABORTED, type Host } from './host.ts';

const DRAIN_MS = 10_000;

/** Counts them from its making to `close`. */
export class Interrupts {
  private count = 0;
  private onOne = (): void => undefined;
  private readonly unlisten: () => void;

  constructor(host: Host) {
    this.unlisten = host.onSignal(() => {
      this.count += 1;
      this.onOne();
    });
  }

  /** Resolves when there have been so many. Asked for one number at a time. */
  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.onOne = () => {
        if (this.count >= count) resolve();
      };
      this.onOne();
    });
  }

  close(): void {
    this.unlisten();
  }
}

/** Closes a lab after the first Ctrl-C and says what could not be drained. Returns the exit code. */
export async function drain(
  host: Host,
  lab: { close(drainMs: number): Promise<{ readonly notDrained: number }> },
  interrupts: Interrupts,
  print: (text: string) => void,
): Promise<number> {
  print('draining (Ctrl-C again ends at once)');
  const drained = await Promise.race([lab.close(DRAIN_MS), interrupts.reached(2).then(() => undefined)]);
  if (drained === undefined) return EXIT_ABORTED;
  if (drained.notDrained === 0) {
    host.stderr.write('all drained\n');
    return EXIT.pass;
  }
  host.stderr.write(`${formatCount(drained.notDrained)} messages could not be drained within ${DRAIN_MS / 1000} s\n`);
  return EXIT.infrastructure;
}
