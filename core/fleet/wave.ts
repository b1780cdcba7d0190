/** One command by hand in the main process: what gateway, MQ and service thread have told of it so far. */
import type { DownReport } from '../gateway/types.ts';
import type { CommandKind, FleetWave } from '../protocol/fleet.ts';
import { ANSWER_BOUNDS, type HandOrder, type HandProgress } from '../protocol/hand.ts';

export interface WaveStart {
  readonly order: HandOrder;
  readonly kind: CommandKind;
  readonly target: FleetWave['target'];
  readonly qos: 0 | 1 | 2;
  readonly store: boolean;
  /** Vehicles. */
  readonly addressed: number;
  /** Does the gateway tell to whom it delivers? Otherwise an answer is the only proof. */
  readonly known: boolean;
}

export class OpenWave {
  readonly #start: WaveStart;
  /** Messages taken by the bridge and not delivered yet: how many they are for, and who of those has no connection. */
  readonly #taken = new Map<string, { readonly addressed: number; readonly offline: readonly number[] }>();
  /** Counted once, however often MQ delivers a message. */
  readonly #counted = new Set<string>();
  readonly #kept = new Set<number>();
  #delivered = 0;
  #dropped = 0;
  #progress: HandProgress;
  #changed = true;

  constructor(start: WaveStart) {
    this.#start = start;
    const none = { t50: null, t95: null, t100: null };
    const nobody = { newlyDone: [], newlyRefused: [] };
    const counts = ANSWER_BOUNDS.map(() => 0);
    this.#progress = { wave: start.order.wave, sent: 0, answered: 0, refused: 0, ...none, counts, ...nobody };
  }

  taken(stream: number, seq: number, addressed: number, offline: readonly number[]): void {
    const message = `${stream}:${seq}`;
    if (!this.#counted.has(message)) this.#taken.set(message, { addressed, offline });
  }

  /** @returns the vehicles that will never get it */
  delivered(stream: number, seq: number, report: DownReport | undefined): readonly number[] {
    const message = `${stream}:${seq}`;
    const taken = this.#taken.get(message);
    if (taken === undefined || report === undefined) return [];
    this.#taken.delete(message);
    this.#counted.add(message);
    this.#changed = true;
    // The gateway keeps it for all of them or for none: their sessions are alike.
    const kept = report.stored > 0;
    if (kept) for (const index of taken.offline) this.#kept.add(index);
    const delivered = Math.min(taken.addressed - taken.offline.length, report.online);
    this.#delivered += delivered;
    this.#dropped += taken.addressed - delivered - (kept ? taken.offline.length : 0);
    return kept ? [] : taken.offline;
  }

  /** What was kept for a vehicle is on its way as soon as that has a connection. */
  cameBack(online: (index: number) => boolean): void {
    for (const index of this.#kept) {
      if (!online(index)) continue;
      this.#kept.delete(index);
      this.#delivered += 1;
      this.#changed = true;
    }
  }

  /** Vehicles for which the command is kept now. */
  get kept(): Iterable<number> {
    return this.#kept;
  }

  progress(progress: HandProgress): void {
    this.#progress = progress;
    this.#changed = true;
  }

  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  told(): FleetWave {
    const { order, kind, target, qos, store, addressed, known } = this.#start;
    const { sent, answered, refused, t50, t95, t100, counts } = this.#progress;
    return {
      wave: order.wave,
      kind,
      target,
      qos,
      store,
      atMs: order.dueUs / 1000,
      addressed,
      sent,
      delivered: known ? this.#delivered : answered,
      storedOffline: this.#kept.size,
      dropped: this.#dropped,
      answered,
      refused,
      t50,
      t95,
      t100,
      histogram: { bounds: ANSWER_BOUNDS, counts },
    };
  }
}
