/** What every case needs apart from a lab: its record, waiting for conditions, and giving up. */
import type { EvidenceLog } from './evidence.ts';
import { NotApplicable, Stuck } from './types.ts';
import { Waiter } from './waiter.ts';

export class Scene {
  readonly log: EvidenceLog;
  readonly waiter = new Waiter();
  /** How long a condition is waited for. */
  readonly patienceMs: number;

  constructor(log: EvidenceLog, patienceMs: number) {
    this.log = log;
    this.patienceMs = patienceMs;
  }

  /** Compares and records; returns the outcome. */
  equal(what: string, expected: string | number | boolean, found: string | number | boolean, because: string): boolean {
    return this.log.equal(what, String(expected), String(found), because);
  }

  /** @throws Stuck when the condition does not come true in time. */
  async until(what: string, condition: () => boolean): Promise<void> {
    if (!(await this.waiter.until(condition, this.patienceMs))) this.stuck(what);
  }

  /** The promise's value; @throws Stuck when it is not settled in time. */
  async within<T>(promise: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.patienceMs);
    });
    try {
      const settled = await Promise.race([promise.then((value) => ({ value })), late]);
      if (settled !== 'late') return settled.value;
    } finally {
      clearTimeout(timer);
    }
    promise.catch(() => undefined);
    return this.stuck(what);
  }

  stuck(what: string): never {
    this.log.compared('waited for', what, `nothing within ${this.patienceMs} ms`, 'the case cannot go on without it', false);
    throw new Stuck(what);
  }

  notApplicable(reason: string): never {
    throw new NotApplicable(reason);
  }
}
