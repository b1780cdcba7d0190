/** The matrix property x direction: how many messages were checked, how many failed, and the first that did. */
import type { FailedMessage, MappingCell } from '../protocol/result.ts';
import type { StampFields } from './stamp.ts';

export type MappingProperty = MappingCell['property'];
export type MappingDirection = MappingCell['direction'];

const PROPERTIES: readonly MappingProperty[] = [
  'topic',
  'qoslevel',
  'cleansessionflag',
  'mqttSecondTopic',
  'mqttRealTopic',
  'clientId',
  'payload',
];
const DIRECTIONS: readonly MappingDirection[] = ['up', 'down', 'device'];
/** Between devices there are no properties, only what MQTT itself carries. */
const DEVICE_PROPERTIES: ReadonlySet<MappingProperty> = new Set(['topic', 'qoslevel', 'payload']);

/** Examples kept per cell. */
export const MOST_EXAMPLES = 20;
/** Characters of a found value in an example: values come from the wire and may be long. */
const LONGEST_VALUE = 200;
/** Bytes of a payload in an example. */
const LONGEST_PAYLOAD = 4096;

export interface MappingExample {
  readonly stream: number;
  readonly sequence: number;
  readonly receiver: number;
  readonly expected: string;
  readonly found: string;
  /** The message itself, see `attach`. */
  message?: FailedMessage;
}

export interface PlainCell {
  checked: number;
  failed: number;
  examples: MappingExample[];
}

/** Where the counts of a cell stand in shared memory, see `writeCounts`. */
export const MAPPING_COUNTS = DIRECTIONS.flatMap((direction) =>
  PROPERTIES.filter((property) => direction !== 'device' || DEVICE_PROPERTIES.has(property)).map((property) => ({
    direction,
    property,
  })),
);

/** A matrix as it crosses threads. */
export type PlainMatrix = Readonly<Record<MappingDirection, Readonly<Record<MappingProperty, PlainCell>>>>;

const emptyRow = (): Record<MappingProperty, PlainCell> =>
  Object.fromEntries(PROPERTIES.map((property) => [property, { checked: 0, failed: 0, examples: [] }])) as unknown as Record<
    MappingProperty,
    PlainCell
  >;

/** One per receiving thread; merged at the end. Counting allocates nothing, only a failure does. */
export class MappingMatrix {
  readonly up = emptyRow();
  readonly down = emptyRow();
  readonly device = emptyRow();
  /** Examples of the message checked last, which still lack the message itself. */
  #bare: MappingExample[] = [];

  /** Counts a failed check, keeps it if it is among the first, and returns false. `found` undefined: absent. */
  fail(cell: PlainCell, stamp: StampFields, receiver: number, expected: string, found: string | undefined): false {
    cell.checked += 1;
    cell.failed += 1;
    if (cell.examples.length < MOST_EXAMPLES) {
      const example: MappingExample = { stream: stamp.stream, sequence: stamp.seq, receiver, expected, found: show(found) };
      cell.examples.push(example);
      this.#bare.push(example);
    }
    return false;
  }

  /** Adds the whole message to the examples that its checks have just left. Called after a failed check only. */
  attach(message: Omit<FailedMessage, 'payloadBytes' | 'payloadHex'>, payload: Uint8Array): void {
    if (this.#bare.length === 0) return;
    const shown = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, LONGEST_PAYLOAD));
    const whole = { ...message, payloadBytes: payload.length, payloadHex: shown.toString('hex') };
    for (const example of this.#bare) example.message = whole;
    this.#bare = [];
  }

  /** Failed checks of all cells so far (a message may fail several). */
  get failed(): number {
    let failed = 0;
    for (const direction of DIRECTIONS) for (const property of PROPERTIES) failed += this[direction][property].failed;
    return failed;
  }

  /** Checked and failed of every cell in the order of MAPPING_COUNTS, for readers while the run goes on. */
  writeCounts(into: Float64Array): void {
    for (let i = 0; i < MAPPING_COUNTS.length; i += 1) {
      const { direction, property } = MAPPING_COUNTS[i]!;
      const cell = this[direction][property];
      into[2 * i] = cell.checked;
      into[2 * i + 1] = cell.failed;
    }
  }

  merge(other: PlainMatrix): this {
    for (const direction of DIRECTIONS) {
      for (const property of PROPERTIES) {
        const cell = this[direction][property];
        const more = other[direction][property];
        cell.checked += more.checked;
        cell.failed += more.failed;
        cell.examples.push(...more.examples.slice(0, MOST_EXAMPLES - cell.examples.length));
      }
    }
    return this;
  }

  /** A copy that can be posted to another thread. */
  toPlain(): PlainMatrix {
    return structuredClone({ up: this.up, down: this.down, device: this.device });
  }

  /** All 17 cells as a result wants them; `streamName` and `receiverName` turn the numbers of the examples into text. */
  cells(streamName: (stream: number) => string, receiverName: (receiver: number) => string): MappingCell[] {
    return MAPPING_COUNTS.map(({ direction, property }) => {
      const { checked, failed, examples } = this[direction][property];
      return {
        direction,
        property,
        checked,
        failed,
        examples: examples.map((e) => ({
          stream: streamName(e.stream),
          sequence: e.sequence,
          receiver: receiverName(e.receiver),
          expected: e.expected,
          found: e.found,
          ...(e.message === undefined ? {} : { message: e.message }),
        })),
      };
    });
  }
}

function show(value: string | undefined): string {
  if (value === undefined) return 'absent';
  return value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
}
