/**
 * What the command centre knows of each vehicle, in shared memory: the service thread writes, the main process reads. A
 * reader may see an x and a y of two reports, one second apart: a vehicle is then drawn a little beside its way, once.
 */

const HEADER_BYTES = 8;
const COLUMNS = ['x', 'y', 'speed', 'heading', 'reportedUs', 'commandedUs', 'answeredUs', 'failedUs'] as const;
type Column = (typeof COLUMNS)[number];

/** Times are microseconds since the start of traffic; NaN: never. x and y in metres, speed in km/h, heading in degrees. */
export class FleetMemory implements Readonly<Record<Column, Float64Array>> {
  readonly buffer: SharedArrayBuffer;
  readonly vehicles: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly speed: Float64Array;
  readonly heading: Float64Array;
  /** When the position was taken. */
  readonly reportedUs: Float64Array;
  /** The latest command addressed to it that may still be answered. */
  readonly commandedUs: Float64Array;
  /** Its latest answer that was no refusal; a refusal, or a command that it will never get, stands in failedUs. */
  readonly answeredUs: Float64Array;
  readonly failedUs: Float64Array;
  readonly #open: Int32Array;

  static allocate(vehicles: number): FleetMemory {
    const memory = new FleetMemory(new SharedArrayBuffer(HEADER_BYTES + vehicles * COLUMNS.length * 8));
    for (const column of COLUMNS) memory[column].fill(Number.NaN);
    return memory;
  }

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.vehicles = (buffer.byteLength - HEADER_BYTES) / 8 / COLUMNS.length;
    this.#open = new Int32Array(buffer, 0, 2);
    const column = (name: Column): Float64Array =>
      new Float64Array(buffer, HEADER_BYTES + COLUMNS.indexOf(name) * this.vehicles * 8, this.vehicles);
    this.x = column('x');
    this.y = column('y');
    this.speed = column('speed');
    this.heading = column('heading');
    this.reportedUs = column('reportedUs');
    this.commandedUs = column('commandedUs');
    this.answeredUs = column('answeredUs');
    this.failedUs = column('failedUs');
  }

  /** Does anybody look? Without a map no report is read. */
  get open(): boolean {
    return Atomics.load(this.#open, 0) !== 0;
  }

  set open(open: boolean) {
    Atomics.store(this.#open, 0, open ? 1 : 0);
  }
}
