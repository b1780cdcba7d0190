/** The segment files of one topic: gathers appends into batches, writes and fsyncs them by policy, reads back, deletes whole files. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CausewayError } from '../../protocol/errors.ts';
import type { MqDelivery } from '../engine.ts';
import { ByteWriter } from './bytes.ts';
import { Segment } from './segment.ts';
import { claimedLength, encodeHeader, headerLength, readRecord, writeRecord } from './segmentFormat.ts';
import type { TopicStore } from './topicLog.ts';

export interface FilePolicy {
  readonly fsync: 'always' | 'interval' | 'never';
  readonly fsyncIntervalMs: number;
  readonly segmentBytes: number;
  readonly onFailure?: (error: CausewayError) => void;
}

type Stored = (error: Error | undefined) => void;

/** Bytes of one segment to be written in one go. */
interface Batch {
  readonly segment: Segment;
  readonly position: number;
  readonly bytes: Buffer;
  readonly stored: readonly Stored[];
}

const BATCH = 256 * 1024;
const RECORD_HEAD = 10;

export class TopicFiles implements TopicStore {
  readonly #topic: string;
  readonly #folder: string;
  readonly #policy: FilePolicy;
  readonly #segments: Segment[];
  /** Next offset per partition, for the header of the next segment. */
  readonly #next: number[];
  readonly #writer = new ByteWriter(BATCH);
  #stored: Stored[] = [];
  #batchAt = 0;
  #queue: Batch[] = [];
  #sequence: number;
  #running: Promise<void> | undefined;
  #scheduled = false;
  #failure: CausewayError | undefined;
  #lastSize = 0;
  #reading: Segment | undefined;
  /** Written since the last fsync. */
  readonly #dirty = new Set<Segment>();
  #folderDirty = false;
  #syncWanted = false;
  #syncTimer: NodeJS.Timeout | undefined;
  readonly #removals = new Set<Promise<void>>();

  constructor(topic: string, folder: string, policy: FilePolicy, segments: Segment[], sequence: number, next: number[]) {
    this.#topic = topic;
    this.#folder = folder;
    this.#policy = policy;
    this.#segments = segments;
    this.#sequence = sequence;
    this.#next = next;
    const last = segments[segments.length - 1];
    if (last === undefined) this.#begin();
    else this.#batchAt = last.end;
    if (policy.fsync === 'interval') {
      this.#syncTimer = setInterval(() => this.#startWriting(true), policy.fsyncIntervalMs);
      this.#syncTimer.unref();
    }
  }

  /** Set once writing has failed: nothing more is accepted, what is stored stays readable. */
  get failure(): CausewayError | undefined {
    return this.#failure;
  }

  append(delivery: MqDelivery, stored: Stored): void {
    let segment = this.#segments[this.#segments.length - 1]!;
    if (segment.end >= this.#policy.segmentBytes && segment.end > headerLength(this.#next.length)) segment = this.#begin();
    const position = segment.end;
    this.#lastSize = writeRecord(this.#writer, delivery);
    segment.end += this.#lastSize;
    segment.note(delivery.partition, delivery.offset, position);
    this.#next[delivery.partition] = delivery.offset + 1;
    this.#stored.push(stored);
    if (!this.#scheduled && this.#running === undefined) {
      this.#scheduled = true;
      // At the end of this turn of the event loop, so that all sends of the turn share one write and one fsync.
      setImmediate(() => this.#startWriting(false));
    }
  }

  lastSize(): number {
    return this.#lastSize;
  }

  readonly read = (partition: number, offset: number): MqDelivery | undefined => {
    const found = this.#find(partition, offset);
    if (found === undefined) return undefined;
    const { segment, position } = found;
    if (segment !== this.#reading) {
      this.#reading?.stopReading();
      this.#reading = segment;
    }
    try {
      let view = segment.view(position, RECORD_HEAD);
      const length = claimedLength(view.bytes, view.at);
      if (length > segment.end - position) return undefined;
      if (view.at + length > view.bytes.length) view = segment.view(position, length);
      return readRecord(view.bytes, view.at, this.#topic, partition, offset);
    } catch {
      // A file taken away or unreadable under our hands: the message is lost, and counted as such by the reader.
      return undefined;
    }
  };

  dropOldest(): void {
    const oldest = this.#segments[0]!;
    oldest.live -= 1;
    if (oldest.live > 0 || this.#segments.length === 1) return;
    this.#segments.shift();
    this.#dirty.delete(oldest);
    if (this.#reading === oldest) this.#reading = undefined;
    const removal = oldest
      .remove()
      .catch(() => undefined)
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  /** Writes what is waiting, fsyncs unless the policy is never, and closes the files. */
  async close(): Promise<void> {
    clearInterval(this.#syncTimer);
    this.#startWriting(this.#policy.fsync !== 'never');
    while (this.#running !== undefined) {
      await this.#running;
      this.#startWriting(false);
    }
    await Promise.all(this.#removals);
    for (const segment of this.#segments) await segment.close();
  }

  #find(partition: number, offset: number): { segment: Segment; position: number } | undefined {
    // Mostly the file just read from; few files, so that searching them in turn is cheap.
    const near = this.#reading?.position(partition, offset);
    if (near !== undefined) return { segment: this.#reading!, position: near };
    for (const segment of this.#segments) {
      const position = segment.position(partition, offset);
      if (position !== undefined) return { segment, position };
    }
    return undefined;
  }

  /** Closes the batch of the present segment and begins the next file with its header. */
  #begin(): Segment {
    this.#seal();
    this.#sequence += 1;
    const segment = new Segment(join(this.#folder, segmentName(this.#sequence)), 0);
    const header = encodeHeader(this.#next);
    segment.end = header.length;
    this.#segments.push(segment);
    this.#queue.push({ segment, position: 0, bytes: header, stored: [] });
    this.#batchAt = header.length;
    this.#folderDirty = true;
    return segment;
  }

  #seal(): void {
    if (this.#writer.length === 0) return;
    const segment = this.#segments[this.#segments.length - 1]!;
    this.#queue.push({ segment, position: this.#batchAt, bytes: this.#writer.take(), stored: this.#stored });
    this.#stored = [];
    this.#batchAt = segment.end;
  }

  #startWriting(sync: boolean): void {
    this.#scheduled = false;
    // Remembered, for under steady load a write is always under way when the interval ends.
    if (sync) this.#syncWanted = true;
    if (this.#running !== undefined) return;
    if (this.#writer.length === 0 && this.#queue.length === 0 && !this.#syncDue) return;
    this.#running = this.#write().finally(() => {
      this.#running = undefined;
      // Came in between the last look and now.
      if (this.#writer.length > 0) this.#startWriting(false);
    });
  }

  async #write(): Promise<void> {
    const { fsync } = this.#policy;
    do {
      this.#seal();
      const batches = this.#queue;
      this.#queue = [];
      try {
        if (this.#failure !== undefined) throw this.#failure;
        for (const batch of batches) {
          await writeAll(batch);
          this.#dirty.add(batch.segment);
        }
        if (fsync === 'always' || this.#syncWanted) await this.#sync();
        else if (fsync === 'never') await this.#closeFull();
      } catch (error) {
        this.#fail(error);
      }
      // One group commit: everything of these batches is as safe as promised, or none of it is.
      for (const batch of batches) for (const stored of batch.stored) stored(this.#failure);
    } while (this.#writer.length > 0 || this.#queue.length > 0 || this.#syncDue);
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure = new CausewayError('folder.unwritable', { path: this.#folder, reason }, { cause: error });
    this.#policy.onFailure?.(this.#failure);
  }

  /** After a failure there is none: it would fail again, and `close` would wait for it for ever. */
  get #syncDue(): boolean {
    return this.#syncWanted && this.#dirty.size > 0 && this.#failure === undefined;
  }

  async #sync(): Promise<void> {
    this.#syncWanted = false;
    if (this.#folderDirty) {
      this.#folderDirty = false;
      // A new file is only safe once its folder's entry is.
      await syncFolder(this.#folder);
    }
    for (const segment of this.#dirty) await segment.sync();
    await this.#closeFull();
  }

  /** Files that get no more records need no descriptor. */
  async #closeFull(): Promise<void> {
    const written = [...this.#dirty];
    this.#dirty.clear();
    for (const segment of written) {
      if (segment !== this.#segments[this.#segments.length - 1] && segment !== this.#reading) await segment.close();
    }
  }
}

/** File name of the n-th segment. */
export function segmentName(sequence: number): string {
  return `${String(sequence).padStart(10, '0')}.seg`;
}

async function writeAll({ segment, position, bytes }: Batch): Promise<void> {
  const handle = await segment.handle();
  let done = 0;
  while (done < bytes.length) done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** Makes created and renamed entries of a folder durable; where the system cannot (Windows), nothing is to be done. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
