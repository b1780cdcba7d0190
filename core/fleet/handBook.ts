/** The service thread's book of commands sent by hand: who was asked, who has answered, and how soon. */

import { ANSWER_BOUNDS, type HandOrder, type HandProgress } from '../protocol/hand.ts';
import type { Wave } from '../protocol/result.ts';
import { commandTargetName } from '../run/streams.ts';
import type { Command, Population } from '../scenario/model.ts';

/** Messages whose answers are waited for; of more, the oldest are given up. */
const MOST_WAITING = 200_000;

interface HandWave {
  readonly order: HandOrder;
  readonly command: Command;
  readonly population: Population;
  readonly addressed: number;
  /** One byte per vehicle: a second answer does not count twice. */
  readonly hasAnswered: Uint8Array;
  readonly counts: number[];
  newlyDone: number[];
  newlyRefused: number[];
  sent: number;
  answered: number;
  refused: number;
  t50: number | null;
  t95: number | null;
  t100: number | null;
  changed: boolean;
}

export class HandBook {
  readonly #waves = new Map<number, HandWave>();
  /** Stream and sequence of a message to its wave. */
  readonly #byMessage = new Map<number, HandWave>();

  begin(order: HandOrder, command: Command, population: Population, addressed: number): void {
    this.#waves.set(order.wave, {
      order,
      command,
      population,
      addressed,
      hasAnswered: new Uint8Array(population.count),
      counts: ANSWER_BOUNDS.map(() => 0),
      newlyDone: [],
      newlyRefused: [],
      sent: 0,
      answered: 0,
      refused: 0,
      t50: null,
      t95: null,
      t100: null,
      changed: true,
    });
  }

  /** A message of the wave is handed to MQ. */
  handed(wave: number, stream: number, seq: number): void {
    this.#byMessage.set(keyOf(stream, seq), this.#waves.get(wave)!);
    if (this.#byMessage.size <= MOST_WAITING) return;
    for (const oldest of this.#byMessage.keys()) {
      this.#byMessage.delete(oldest);
      break;
    }
  }

  /** MQ has acknowledged one. */
  stored(wave: number): void {
    const of = this.#waves.get(wave)!;
    of.sent += 1;
    of.changed = true;
  }

  /** @returns false for a second answer, or one to a message that is not known */
  answer(stream: number, seq: number, member: number, afterUs: number, refused: boolean): boolean {
    const wave = this.#byMessage.get(keyOf(stream, seq));
    if (wave === undefined || wave.hasAnswered[member] === 1) return false;
    if (wave.command.target === 'one') this.#byMessage.delete(keyOf(stream, seq));
    wave.hasAnswered[member] = 1;
    wave.answered += 1;
    if (refused) wave.refused += 1;
    (refused ? wave.newlyRefused : wave.newlyDone).push(member);
    const bound = ANSWER_BOUNDS.findIndex((most) => afterUs <= most * 1000);
    wave.counts[bound < 0 ? ANSWER_BOUNDS.length - 1 : bound]! += 1;
    const share = wave.answered / wave.addressed;
    if (wave.t50 === null && share >= 0.5) wave.t50 = afterUs;
    if (wave.t95 === null && share >= 0.95) wave.t95 = afterUs;
    if (share >= 1) wave.t100 = afterUs;
    wave.changed = true;
    return true;
  }

  /** The waves that have grown since it was asked last. */
  changes(): HandProgress[] {
    const changed = [...this.#waves.values()].filter((wave) => wave.changed);
    return changed.map((wave) => {
      const { order, sent, answered, refused, t50, t95, t100, counts, newlyDone, newlyRefused } = wave;
      wave.changed = false;
      [wave.newlyDone, wave.newlyRefused] = [[], []];
      const times = { t50: ms(t50), t95: ms(t95), t100: ms(t100) };
      return { wave: order.wave, sent, answered, refused, ...times, counts: [...counts], newlyDone, newlyRefused };
    });
  }

  /** For the result: one entry per wave, its number as sequence. */
  waves(): Wave[] {
    return [...this.#waves.values()]
      .filter(({ command }) => command.answer !== undefined)
      .map(({ order, command, population, addressed, answered, t50, t95, t100 }) => {
        const whom =
          order.targets.length === 1
            ? commandTargetName(population, command, order.targets[0]!)
            : `${order.targets.length} of ${population.name}`;
        const target = `${whom} (${order.action})`;
        return { command: command.name, target, sequence: order.wave, expected: addressed, answered, t50, t95, t100 };
      });
  }

  /** Sums over the waves of a command. */
  totals(command: string): { readonly sent: number; readonly expected: number; readonly answered: number } {
    let sent = 0;
    let expected = 0;
    let answered = 0;
    for (const wave of this.#waves.values()) {
      if (wave.command.name !== command) continue;
      sent += wave.order.targets.length;
      expected += wave.addressed;
      answered += wave.answered;
    }
    return { sent, expected, answered };
  }
}

const keyOf = (stream: number, seq: number): number => seq * 2 ** 24 + stream;

const ms = (us: number | null): number | null => (us === null ? null : Math.round(us / 100) / 10);
