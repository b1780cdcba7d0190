/** One segment file of a topic, with the places of its records. */
import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';

/** Enough for some thousand small messages: a group that catches up reads them in file order. */
const WINDOW = 256 * 1024;

export class Segment {
  readonly path: string;
  /** Bytes assigned so far, those still to be written included. */
  end: number;
  /** Records not yet out of retention. */
  live = 0;
  /** Per partition, the first offset in this file and the position of each from there on; 0 stands for a lost one. */
  readonly #first: (number | undefined)[] = [];
  readonly #positions: number[][] = [];
  #handle: FileHandle | undefined;
  #readFd: number | undefined;
  #window: Buffer | undefined;
  #windowAt = 0;

  constructor(path: string, end: number) {
    this.path = path;
    this.end = end;
  }

  /** Notes where a message stands. Offsets of one partition come in order without holes. */
  note(partition: number, offset: number, position: number): void {
    if (this.#first[partition] === undefined) {
      this.#first[partition] = offset;
      this.#positions[partition] = [];
    }
    this.#positions[partition]!.push(position);
    this.live += 1;
  }

  /** Position of a message; undefined when it is not in this file or was lost. */
  position(partition: number, offset: number): number | undefined {
    const first = this.#first[partition];
    if (first === undefined || offset < first) return undefined;
    return this.#positions[partition]![offset - first] || undefined;
  }

  /** Opens (or creates) the file for writing. */
  async handle(): Promise<FileHandle> {
    // 'a' would ignore write positions; 'r+' does not create.
    this.#handle ??= await open(this.path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return open(this.path, 'wx+');
    });
    return this.#handle;
  }

  /**
   * The bytes around `position`, read synchronously: delivering is synchronous, and what is read lies almost always in
   * the system's cache. Returns the buffer and where the position is in it.
   */
  view(position: number, atLeast: number): { readonly bytes: Buffer; readonly at: number } {
    const window = this.#window;
    if (window !== undefined && position >= this.#windowAt && position + atLeast <= this.#windowAt + window.length) {
      return { bytes: window, at: position - this.#windowAt };
    }
    this.#readFd ??= openSync(this.path, 'r');
    // A new buffer each time: deliveries under way look into the former one.
    const bytes = Buffer.allocUnsafeSlow(Math.max(WINDOW, atLeast));
    const length = readSync(this.#readFd, bytes, 0, bytes.length, position);
    this.#window = bytes.subarray(0, length);
    this.#windowAt = position;
    return { bytes: this.#window, at: 0 };
  }

  /** Lets go of what reading needed. */
  stopReading(): void {
    this.#window = undefined;
    if (this.#readFd !== undefined) closeSync(this.#readFd);
    this.#readFd = undefined;
  }

  async sync(): Promise<void> {
    await this.#handle?.datasync();
  }

  async close(): Promise<void> {
    this.stopReading();
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await unlink(this.path);
  }
}
