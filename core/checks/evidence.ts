/** The record of one case: what was done, and every comparison with its reason. */
import { difference, showBytes } from './bytes.ts';
import type { Evidence } from './types.ts';

/** A value of a property as it is shown: absent is not the same as empty. */
export const showText = (value: string | undefined): string => (value === undefined ? 'absent' : JSON.stringify(value));

export class EvidenceLog {
  readonly entries: Evidence[] = [];
  /** Prefix of each entry while a second lab is in use. */
  scope = '';

  did(text: string): void {
    this.entries.push({ kind: 'did', text: this.scope + text });
  }

  /** Records a comparison that has been made; returns its outcome. */
  compared(what: string, expected: string, found: string, because: string, ok: boolean): boolean {
    this.entries.push({ kind: 'compared', what: this.scope + what, expected, found, because, ok });
    return ok;
  }

  /** Compares texts, numbers and flags; undefined stands for absent. */
  equal(what: string, expected: string | undefined, found: string | undefined, because: string): boolean {
    return this.compared(what, showText(expected), showText(found), because, expected === found);
  }

  /** Compares payloads; where they differ both are shown in hexadecimal around that place. */
  bytes(what: string, expected: Uint8Array, found: Uint8Array, because: string): boolean {
    const differ = difference(expected, found);
    if (differ === undefined) return this.compared(what, showBytes(expected), showBytes(found), because, true);
    return this.compared(what, differ.expected, differ.found, because, false);
  }

  /** One text per failed comparison. */
  failures(): string[] {
    return this.entries.flatMap((entry) =>
      entry.kind === 'compared' && !entry.ok
        ? [`${entry.what}: expected ${entry.expected}, found ${entry.found} (${entry.because})`]
        : [],
    );
  }
}
