/** Answers to a service's commands: how many members answered each one, and how soon after it was due. */
import type { Wave } from '../protocol/result.ts';
import type { Command, Population } from '../scenario/model.ts';
import { commandReach, commandTargetName } from './streams.ts';

/** Waves remembered one by one; of later commands only the totals are kept. */
const MOST_WAVES = 1000;

interface OpenWave {
  readonly sequence: number;
  readonly target: number;
  readonly expected: number;
  /** One of those told one by one: it is kept to the end. */
  readonly listed: boolean;
  /** Members that have answered, by index in the population: a second answer does not count twice. */
  readonly answered: Set<number>;
  t50: number | null;
  t95: number | null;
  t100: number | null;
}

export class WaveBook {
  readonly #population: Population;
  readonly #command: Command;
  readonly #waves = new Map<number, OpenWave>();
  sent = 0;
  expected = 0;
  answered = 0;

  constructor(population: Population, command: Command) {
    this.#population = population;
    this.#command = command;
  }

  /** A command was sent to `target` (member, group or 0); `sequence` is that of its stream. */
  begin(target: number, sequence: number): void {
    const expected = commandReach(this.#population, this.#command, target);
    const listed = this.#command.target !== 'one' && this.sent < MOST_WAVES;
    this.sent += 1;
    this.expected += expected;
    this.#waves.set(keyOf(target, sequence), {
      sequence,
      target,
      expected,
      listed,
      answered: new Set(),
      t50: null,
      t95: null,
      t100: null,
    });
  }

  /** Member `member` answered `afterUs` after the command was due. @returns false for a second answer or an unknown command. */
  answer(target: number, sequence: number, member: number, afterUs: number): boolean {
    const wave = this.#waves.get(keyOf(target, sequence));
    if (wave === undefined || wave.answered.has(member)) return false;
    wave.answered.add(member);
    this.answered += 1;
    const share = wave.answered.size / wave.expected;
    if (wave.t50 === null && share >= 0.5) wave.t50 = afterUs;
    if (wave.t95 === null && share >= 0.95) wave.t95 = afterUs;
    if (share >= 1) {
      wave.t100 = afterUs;
      // Complete, and counted: memory stays small however many commands there are.
      if (!wave.listed) this.#waves.delete(keyOf(target, sequence));
    }
    return true;
  }

  /** One entry per command to a group or to all, in order of sending; P2P commands are summed up by `sent`, `expected` and `answered` only. */
  waves(): Wave[] {
    const listed = [...this.#waves.values()].filter((wave) => wave.listed);
    return listed.map((wave) => ({
      command: this.#command.name,
      target: commandTargetName(this.#population, this.#command, wave.target),
      sequence: wave.sequence,
      expected: wave.expected,
      answered: wave.answered.size,
      t50: wave.t50,
      t95: wave.t95,
      t100: wave.t100,
    }));
  }
}

const keyOf = (target: number, sequence: number): number => sequence * 2 ** 21 + target;
