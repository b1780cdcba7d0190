/**
 * One connection in RocketMQ's remoting protocol: length, length of the header, header in JSON, body. Requests carry a number and
 * are answered in any order; the server may ask things too.
 */
import { createHmac } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ANSWER } from './codes.ts';
import { Disconnected, Refusal } from './errors.ts';
import type { RocketMqOptions } from './options.ts';

export type Fields = Record<string, string | number | boolean>;

export interface Answer {
  readonly code: number;
  readonly remark: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Of a request that the server need not think about. */
const REQUEST_MS = 10_000;
const MAX_FRAME = 64 * 1024 * 1024;
const EMPTY = Buffer.alloc(0);
/** What Java calls V5_0_0 or newer makes the servers write JSON that others can read. */
const PROTOCOL_VERSION = 453;

export class Remoting {
  readonly address: string;
  readonly #socket: Socket;
  readonly #sign: ((fields: Record<string, string>, body: Buffer) => void) | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #reader: FrameReader;
  #next = 1;
  #over: Disconnected | undefined;
  #onRequest: (code: number, fields: Readonly<Record<string, string>>) => void = () => {};

  private constructor(address: string, socket: Socket, options: RocketMqOptions) {
    this.address = address;
    this.#socket = socket;
    this.#sign = signer(options);
    this.#reader = new FrameReader((frame) => this.#take(frame));
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      try {
        this.#reader.push(chunk);
      } catch (error) {
        this.#end((error as Error).message);
      }
    });
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('the server closed the connection'));
  }

  /** @throws Disconnected when nothing listens there, or not in time */
  static open(address: string, options: RocketMqOptions): Promise<Remoting> {
    const at = address.lastIndexOf(':');
    const to = { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
    const timeoutMs = options.connectTimeoutMs ?? 5_000;
    return new Promise((resolve, reject) => {
      const { tls } = options;
      const socket =
        tls === undefined
          ? connectTcp(to)
          : connectTls({
              ...to,
              rejectUnauthorized: tls.verify ?? true,
              ...(tls.ca === undefined ? {} : { ca: tls.ca }),
              ...(tls.cert === undefined ? {} : { cert: tls.cert }),
              ...(tls.key === undefined ? {} : { key: tls.key }),
            });
      const fail = (reason: string): void => {
        clearTimeout(timer);
        socket.destroy();
        reject(new Disconnected(address, reason, true));
      };
      const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
      const failed = (error: Error): void => fail(error.message);
      const closed = (): void => fail('the server closed the connection');
      socket.once('error', failed);
      socket.once('close', closed);
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        clearTimeout(timer);
        socket.off('error', failed);
        socket.off('close', closed);
        resolve(new Remoting(address, socket, options));
      });
    });
  }

  get closed(): boolean {
    return this.#over !== undefined;
  }

  onRequest(listener: (code: number, fields: Readonly<Record<string, string>>) => void): void {
    this.#onRequest = listener;
  }

  /** Any answer. @throws Disconnected */
  ask(code: number, fields: Fields, body: Buffer = EMPTY, timeoutMs = REQUEST_MS): Promise<Answer> {
    if (this.#over !== undefined) return Promise.reject(new Disconnected(this.address, this.#over.message, true));
    const opaque = this.#next;
    this.#next = (this.#next + 1) & 0x7fffffff;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(opaque);
        reject(new Disconnected(this.address, `no answer within ${timeoutMs} ms`, false));
      }, timeoutMs);
      this.#waiting.set(opaque, { resolve, reject, timer });
      this.#write(code, opaque, fields, body);
    });
  }

  /** An answer that says success. @throws Disconnected, Refusal */
  async call(code: number, fields: Fields, body?: Buffer, timeoutMs?: number): Promise<Answer> {
    const answer = await this.ask(code, fields, body, timeoutMs);
    if (answer.code !== ANSWER.success) throw new Refusal(answer.code, answer.remark, this.address);
    return answer;
  }

  /** What waits for an answer is rejected. Idempotent. */
  close(): void {
    this.#end('the connection was closed here');
  }

  #write(code: number, opaque: number, fields: Fields, body: Buffer): void {
    const extFields: Record<string, string> = {};
    for (const name in fields) extFields[name] = String(fields[name]);
    this.#sign?.(extFields, body);
    const header = Buffer.from(
      JSON.stringify({
        code,
        language: 'OTHER',
        version: PROTOCOL_VERSION,
        opaque,
        flag: 0,
        extFields,
        serializeTypeCurrentRPC: 'JSON',
      }),
    );
    const head = Buffer.allocUnsafe(8 + header.length);
    head.writeInt32BE(4 + header.length + body.length, 0);
    // The highest byte of the header's length says how it is written: 0 is JSON.
    head.writeInt32BE(header.length, 4);
    header.copy(head, 8);
    if (body.length === 0) this.#socket.write(head);
    else {
      this.#socket.cork();
      this.#socket.write(head);
      this.#socket.write(body);
      this.#socket.uncork();
    }
  }

  #take(frame: Buffer): void {
    const length = frame.readInt32BE(0);
    const format = length >>> 24;
    const headerLength = length & 0xffffff;
    if (format !== 0 || headerLength === 0 || headerLength > frame.length - 4) throw new Error(notRocketMq(frame));
    let header: { code: number; opaque: number; flag: number; remark?: string; extFields?: Record<string, string> };
    try {
      header = JSON.parse(frame.toString('utf8', 4, 4 + headerLength));
    } catch {
      throw new Error(notRocketMq(frame));
    }
    const fields = header.extFields ?? {};
    if ((header.flag & 1) === 0) {
      this.#onRequest(header.code, fields);
      return;
    }
    const waiting = this.#waiting.get(header.opaque);
    // Answered too late.
    if (waiting === undefined) return;
    this.#waiting.delete(header.opaque);
    clearTimeout(waiting.timer);
    waiting.resolve({ code: header.code, remark: header.remark ?? '', fields, body: frame.subarray(4 + headerLength) });
  }

  #end(reason: string): void {
    if (this.#over !== undefined) return;
    this.#over = new Disconnected(this.address, reason, false);
    this.#socket.destroy();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#over);
    }
    this.#waiting.clear();
  }
}

/** A gRPC server, such as RocketMQ's proxy, begins with a settings frame of HTTP/2, which reads as a header without length. */
function notRocketMq(frame: Buffer): string {
  return frame.readInt32BE(0) === 0
    ? 'it speaks HTTP/2, like the gRPC port of a proxy; the name server is needed here, usually port 9876'
    : 'it does not speak the protocol of RocketMQ';
}

/** Collects chunks until a frame is whole: concatenating each would copy a large one many times. */
class FrameReader {
  readonly #onFrame: (frame: Buffer) => void;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < 8 || this.#length < this.#needed()) return;
    let data = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#length);
    while (data.length >= 8) {
      const size = frameSize(data);
      if (data.length < 4 + size) break;
      this.#onFrame(data.subarray(4, 4 + size));
      data = data.subarray(4 + size);
    }
    this.#chunks = data.length === 0 ? [] : [data];
    this.#length = data.length;
  }

  #needed(): number {
    if (this.#chunks[0]!.length < 8) this.#chunks = [Buffer.concat(this.#chunks, this.#length)];
    return 4 + frameSize(this.#chunks[0]!);
  }
}

/** Of what follows the first four bytes. Looks at the header's length too: a stranger's first bytes may announce any size. */
function frameSize(data: Buffer): number {
  const size = data.readInt32BE(0);
  const headerLength = data.readInt32BE(4) & 0xffffff;
  if (size < 4 || size > MAX_FRAME || headerLength === 0 || headerLength > size - 4)
    throw new Error(notRocketMq(data.subarray(4)));
  return size;
}

/** HMAC-SHA1 over the values of all fields in order of their names, and the body. */
function signer({ accessKey, secretKey, securityToken }: RocketMqOptions) {
  if (accessKey === undefined) return undefined;
  return (fields: Record<string, string>, body: Buffer): void => {
    fields.AccessKey = accessKey;
    if (securityToken !== undefined) fields.SecurityToken = securityToken;
    const hmac = createHmac('sha1', secretKey ?? '');
    for (const name of Object.keys(fields).sort()) hmac.update(fields[name]!);
    fields.Signature = hmac.update(body).digest('base64');
  };
}
