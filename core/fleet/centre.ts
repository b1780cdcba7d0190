/** The command centre's knowledge of the fleet, in the service thread: reports it has read, commands it has sent by hand, what it overhears for somebody. */
import type { StampFields } from '../measure/stamp.ts';
import type { HandOrder, Overheard } from '../protocol/hand.ts';
import type { FromWorker } from '../protocol/worker.ts';
import type { Command, Population, Scenario } from '../scenario/model.ts';
import { HandBook } from './handBook.ts';
import { addressed, type FleetLayout, fleetLayout } from './layout.ts';
import { FleetMemory } from './memory.ts';

/** Characters of a message that are told. */
const MOST_TEXT = 2_000;
/** Messages of one flush, at most. */
const MOST_OVERHEARD = 200;
const FLUSH_US = 250_000;
const STAMP = /^\{"cw":"[^"]*",?/;

/** A message that has come up, or goes down. */
export interface Passing {
  readonly topic: string;
  readonly body: Uint8Array;
  readonly sentUs: number;
  readonly receivedUs?: number;
}

export class Centre {
  readonly book = new HandBook();
  readonly #layout: FleetLayout;
  readonly #memory: FleetMemory;
  readonly #post: (message: FromWorker) => void;
  #members: ReadonlySet<number> = new Set();
  #heard: Overheard[] = [];
  #flushedUs = 0;

  /** Undefined: the scenario has no fleet. */
  static of(scenario: Scenario, memory: SharedArrayBuffer | undefined, post: (message: FromWorker) => void): Centre | undefined {
    const layout = fleetLayout(scenario);
    return layout === undefined || memory === undefined ? undefined : new Centre(layout, new FleetMemory(memory), post);
  }

  private constructor(layout: FleetLayout, memory: FleetMemory, post: (message: FromWorker) => void) {
    this.#layout = layout;
    this.#memory = memory;
    this.#post = post;
  }

  overhear(members: readonly number[]): void {
    this.#members = new Set(members);
  }

  /** A message of a device has arrived, for the first time. `member`: undefined where it is no report. */
  heard(stamp: StampFields, population: Population | undefined, member: number, message: Passing): void {
    const report = stamp.stream - this.#layout.reportBase;
    if (report >= 0 && report < this.#memory.vehicles && this.#memory.open) this.#report(report, stamp.dueUs, message.body);
    if (this.#members.size > 0 && population?.name === this.#layout.population.name && this.#members.has(member)) {
      this.#overheard(member, 'up', stamp, message);
    }
  }

  /** A command goes to MQ. */
  commanded(command: Command, target: number, stamp: StampFields, message: Passing): void {
    if (command.population !== this.#layout.population.name) return;
    const { commandedUs, open } = this.#memory;
    // Scheduled ones are marked for who looks; marks made by hand must be there for who comes a moment later.
    if (!open && stamp.refSeq === 0 && this.#members.size === 0) return;
    for (const member of addressed(this.#layout.population, command, target)) {
      commandedUs[member] = stamp.dueUs;
      if (this.#members.has(member)) this.#overheard(member, 'down', stamp, message);
    }
  }

  /** A vehicle has answered a command: is it a refusal? */
  answered(population: Population, member: number, receivedUs: number, body: Uint8Array): boolean {
    const refused = fieldsOf(body)?.result === 'refused';
    if (population.name === this.#layout.population.name) {
      (refused ? this.#memory.failedUs : this.#memory.answeredUs)[member] = receivedUs;
    }
    return refused;
  }

  /** Does anybody want to know what arrives? */
  get busy(): boolean {
    return this.#memory.open || this.#members.size > 0;
  }

  /** Are answers worth reading although nobody has commanded by hand? */
  get open(): boolean {
    return this.#memory.open;
  }

  begin(order: HandOrder, command: Command): void {
    const { population } = this.#layout;
    const count = order.targets.reduce((sum, target) => sum + addressed(population, command, target).length, 0);
    this.book.begin(order, command, population, count);
  }

  /** Tells the runner what is new; called a few times a second. */
  flush(nowUs: number): void {
    if (nowUs - this.#flushedUs < FLUSH_US) return;
    const waves = this.book.changes();
    if (waves.length > 0) this.#post({ kind: 'hand', waves });
    if (this.#heard.length > 0) this.#post({ kind: 'overheard', messages: this.#heard });
    this.#heard = [];
    this.#flushedUs = nowUs;
  }

  #report(index: number, takenUs: number, body: Uint8Array): void {
    const memory = this.#memory;
    // What comes out of a tunnel late must not move a vehicle back.
    if (takenUs <= memory.reportedUs[index]!) return;
    const { fields } = this.#layout;
    const report = fieldsOf(body);
    const x = report?.[fields.x];
    const y = report?.[fields.y];
    if (typeof x !== 'number' || typeof y !== 'number') return;
    memory.x[index] = x;
    memory.y[index] = y;
    memory.speed[index] = numberOf(fields.speed === undefined ? undefined : report?.[fields.speed]);
    memory.heading[index] = numberOf(fields.heading === undefined ? undefined : report?.[fields.heading]);
    memory.reportedUs[index] = takenUs;
  }

  #overheard(member: number, direction: 'up' | 'down', stamp: StampFields, { topic, body, sentUs, receivedUs }: Passing): void {
    if (this.#heard.length >= MOST_OVERHEARD) return;
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString().replace(STAMP, '{').slice(0, MOST_TEXT);
    const { stream, seq, refStream, refSeq } = stamp;
    this.#heard.push({ member, direction, topic, text, stream, seq, sentUs, receivedUs, refStream, refSeq });
  }
}

function fieldsOf(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const fields: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
