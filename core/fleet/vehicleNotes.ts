/** What is overheard of the few vehicles that somebody looks at. */
import { TRACE_POINTS, type TraceTable } from '../measure/traceTable.ts';
import type { FleetVehicle } from '../protocol/fleet.ts';
import type { Overheard } from '../protocol/hand.ts';

const MOST_MESSAGES = 20;
const MOST_VEHICLES = 50;
/** Somebody who looks asks once a second. */
const FORGET_MS = 10_000;

interface Notes {
  askedMs: number;
  messages: FleetVehicle['messages'];
  report: Overheard | undefined;
  command: Overheard | undefined;
  answer: Overheard | undefined;
}

type Path = FleetVehicle['path'][number];

export class VehicleNotes {
  readonly #trace: () => TraceTable | undefined;
  readonly #overhear: (members: readonly number[]) => void;
  readonly #vehicles = new Map<number, Notes>();

  /** `overhear`: told whenever other vehicles are looked at. */
  constructor(trace: () => TraceTable | undefined, overhear: (members: readonly number[]) => void) {
    this.#trace = trace;
    this.#overhear = overhear;
  }

  /** Of a vehicle nobody has looked at lately nothing is known yet: it is listened to from now on. */
  of(index: number): Pick<FleetVehicle, 'messages' | 'path'> {
    const now = Date.now();
    const notes = this.#vehicles.get(index) ?? this.#begin(index);
    // The one asked for longest ago stands first.
    this.#vehicles.delete(index);
    this.#vehicles.set(index, notes);
    notes.askedMs = now;
    this.#forget(now);
    return { messages: notes.messages, path: [...this.#up(notes.report), ...this.#down(notes)] };
  }

  take(messages: readonly Overheard[]): void {
    for (const message of messages) {
      const notes = this.#vehicles.get(message.member);
      if (notes === undefined) continue;
      const { direction, topic, text, sentUs, receivedUs } = message;
      const tookMs = receivedUs === undefined ? null : (receivedUs - sentUs) / 1000;
      const told = { atMs: (receivedUs ?? sentUs) / 1000, direction, topic, text, tookMs };
      notes.messages = [told, ...notes.messages].slice(0, MOST_MESSAGES);
      if (direction === 'down') notes.command = message;
      else if (message.refStream !== 0) notes.answer = message;
      else notes.report = message;
    }
  }

  #begin(index: number): Notes {
    const notes: Notes = { askedMs: 0, messages: [], report: undefined, command: undefined, answer: undefined };
    this.#vehicles.set(index, notes);
    this.#overhear([...this.#vehicles.keys()]);
    return notes;
  }

  #forget(now: number): void {
    const before = this.#vehicles.size;
    for (const [index, { askedMs }] of this.#vehicles) {
      if (this.#vehicles.size > MOST_VEHICLES || now - askedMs > FORGET_MS) this.#vehicles.delete(index);
    }
    if (this.#vehicles.size < before) this.#overhear([...this.#vehicles.keys()]);
  }

  #up(report: Overheard | undefined): Path[] {
    if (report === undefined) return [];
    const arrived = this.#passed(report, TRACE_POINTS.arrived);
    const stored = this.#passed(report, TRACE_POINTS.stored);
    return path('up', report.sentUs, [
      ['device', report.sentUs],
      ['gateway', arrived],
      ['mq', stored],
      ['service', report.receivedUs],
    ]);
  }

  #down({ command, answer }: Notes): Path[] {
    if (command === undefined) return [];
    const mine = answer?.refStream === command.stream && answer.refSeq === command.seq ? answer : undefined;
    return path('down', command.sentUs, [
      ['service', command.sentUs],
      ['mq', this.#passed(command, TRACE_POINTS.stored)],
      ['bridge', this.#passed(command, TRACE_POINTS.taken)],
      ['answer', mine?.receivedUs],
    ]);
  }

  #passed({ stream, seq }: Overheard, point: 0 | 1 | 2): number | undefined {
    return this.#trace()?.read(stream, seq, point);
  }
}

/** Hops that are known. A receipt that was noted late (MQ's, say) does not go before what came after it. */
function path(direction: 'up' | 'down', fromUs: number, hops: readonly (readonly [string, number | undefined])[]): Path[] {
  const known = hops.flatMap(([hop, us]) => (us === undefined ? [] : [{ direction, hop, ms: (us - fromUs) / 1000 }]));
  for (let i = known.length - 2; i >= 0; i -= 1) known[i] = { ...known[i]!, ms: Math.min(known[i]!.ms, known[i + 1]!.ms) };
  return known;
}
