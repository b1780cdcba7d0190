/** A socket that speaks frames: cuts what comes in, gathers what goes out of one turn of the event loop into one write, and keeps the beat. */
import type { Socket } from 'node:net';
import { ByteReader, ByteWriter } from './bytes.ts';
import { type ASK, beginFrame, endFrame, HEARTBEAT_MS, MAX_FRAME, type TELL } from './wire.ts';

const BATCH = 64 * 1024;
/** Unsent bytes beyond which the peer's requests are not read until it takes its answers. */
const HIGH_WATER = 4 * 1024 * 1024;
const MISSED_BEATS = 3;

export interface FrameHandler {
  /** One frame; `reader` is valid during the call only. Throwing closes the connection. */
  onFrame(type: number, reader: ByteReader): void;
  /** Called once, whatever ended the connection. */
  onClosed(reason: string): void;
}

export interface FrameSocketOptions {
  /** What this side sends when idle. */
  readonly beat: typeof ASK.ping | typeof TELL.pong;
  readonly heartbeatMs?: number;
  /** Stop reading while the peer does not take what it asked for. On the server's side only: were both to do it, both could wait for ever. */
  readonly holdBack?: boolean;
}

export class FrameSocket {
  readonly #socket: Socket;
  readonly #handler: FrameHandler;
  readonly #beat: number;
  readonly #holdBack: boolean;
  readonly #reader = new ByteReader();
  readonly #out = new ByteWriter(BATCH);
  readonly #timer: NodeJS.Timeout;
  /** Chunks of a frame not yet complete. */
  #rest: Buffer[] = [];
  #restLength = 0;
  /** Bytes needed before the rest is worth looking at. */
  #needed = 4;
  /** Largest frame taken; smaller while it is not known who the peer is. */
  maxFrame = MAX_FRAME;
  #scheduled = false;
  #closed = false;
  #heard = true;
  #silent = 0;
  #reason = '';

  constructor(socket: Socket, handler: FrameHandler, options: FrameSocketOptions) {
    this.#socket = socket;
    this.#handler = handler;
    this.#beat = options.beat;
    this.#holdBack = options.holdBack ?? false;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => {
      this.#reason ||= error.message;
    });
    socket.on('close', () => this.#onClosed());
    socket.on('end', () => socket.destroy());
    socket.on('drain', () => socket.resume());
    this.#timer = setInterval(() => this.#onBeat(), options.heartbeatMs ?? HEARTBEAT_MS);
    this.#timer.unref();
  }

  /** Begins a frame to be filled through the writer and finished with `end`. */
  begin(type: number): number {
    return beginFrame(this.#out, type);
  }

  get writer(): ByteWriter {
    return this.#out;
  }

  end(at: number): void {
    endFrame(this.#out, at);
    if (this.#out.length >= BATCH) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      // After the current turn's callbacks and before timers: gathers all sends and answers of a turn in one write.
      setImmediate(this.#onTurnEnd);
    }
  }

  /** Takes back a frame that could not be finished. */
  cancel(at: number): void {
    this.#out.length = at;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Sends what is gathered and ends; resolves when the socket is closed. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#reason ||= 'closed';
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#flush();
      // The peer may be dead: the end is not waited for beyond what the system can take at once.
      this.#socket.end(() => this.#socket.destroy());
      setTimeout(() => this.#socket.destroy(), 1000).unref();
    });
  }

  destroy(reason: string): void {
    this.#reason ||= reason;
    this.#socket.destroy();
  }

  readonly #onTurnEnd = (): void => {
    this.#scheduled = false;
    this.#flush();
  };

  #flush(): void {
    if (this.#out.length === 0 || this.#closed || this.#socket.destroyed) {
      this.#out.length = 0;
      return;
    }
    this.#socket.write(this.#out.take());
    if (this.#holdBack && this.#socket.writableLength > HIGH_WATER) this.#socket.pause();
  }

  #onData(chunk: Buffer): void {
    this.#heard = true;
    if (this.#restLength > 0) {
      this.#rest.push(chunk);
      this.#restLength += chunk.length;
      if (this.#restLength < this.#needed) return;
      chunk = this.#rest.length === 1 ? this.#rest[0]! : Buffer.concat(this.#rest, this.#restLength);
      this.#rest = [];
      this.#restLength = 0;
    }
    try {
      this.#cut(chunk);
    } catch (error) {
      this.destroy(`protocol error: ${error instanceof Error ? error.message || error.name : String(error)}`);
    }
  }

  #cut(chunk: Buffer): void {
    let at = 0;
    this.#needed = 4;
    while (chunk.length - at >= 4) {
      const length = chunk.readUInt32LE(at);
      if (length === 0 || length > this.maxFrame) throw new Error(`frame of ${length} bytes`);
      if (chunk.length - at - 4 < length) {
        this.#needed = 4 + length;
        break;
      }
      const start = at + 4;
      at = start + length;
      this.#reader.reset(chunk, start + 1, at);
      this.#handler.onFrame(chunk[start]!, this.#reader);
      if (this.#closed) return;
    }
    if (at < chunk.length) {
      this.#rest.push(at === 0 ? chunk : chunk.subarray(at));
      this.#restLength = chunk.length - at;
    }
  }

  #onBeat(): void {
    const at = this.begin(this.#beat);
    this.end(at);
    // Counted in beats of this process: one that was itself blocked for long does not blame the peer at once.
    this.#silent = this.#heard ? 0 : this.#silent + 1;
    this.#heard = false;
    if (this.#silent >= MISSED_BEATS) this.destroy('no sign of life');
  }

  #onClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#handler.onClosed(this.#reason || 'the other side closed it');
  }
}
