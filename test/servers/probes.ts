/** Whether a server answers in its own protocol: an open port alone says little. */
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;

/** Sends `greeting` and resolves when the answer satisfies `accepts`, which may ask for more bytes with undefined. */
function probe(host: string, port: number, greeting: Buffer, accepts: (answer: Buffer) => boolean | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let answer = Buffer.alloc(0);
    const end = (error?: Error): void => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.setTimeout(TIMEOUT_MS, () => end(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    socket.on('connect', () => socket.write(greeting));
    socket.on('error', end);
    socket.on('close', () => end(new Error('closed without an answer')));
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      const accepted = accepts(answer);
      if (accepted !== undefined)
        end(accepted ? undefined : new Error(`unexpected answer ${answer.toString('hex').slice(0, 40)}`));
    });
  });
}

/** MQTT 3.1.1: CONNECT with client ID `probe` is answered with CONNACK and return code 0. */
export function probeMqtt(host: string, port: number, user?: string, password?: string): Promise<void> {
  const text = (value: string): number[] => [0, value.length, ...Buffer.from(value)];
  const login = user === undefined ? [] : [...text(user), ...text(password ?? '')];
  const body = [...text('MQTT'), 4, user === undefined ? 0x02 : 0xc2, 0, 10, ...text('probe'), ...login];
  return probe(host, port, Buffer.from([0x10, body.length, ...body]), (answer) =>
    answer.length < 4 ? undefined : answer[0] === 0x20 && answer[3] === 0,
  );
}

/** AMQP 0-9-1: the protocol header is answered with Connection.Start, class 10, method 10. */
export function probeAmqp(host: string, port: number): Promise<void> {
  return probe(host, port, Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'), (answer) =>
    answer.length < 11 ? undefined : answer[0] === 1 && answer.readUInt16BE(7) === 10 && answer.readUInt16BE(9) === 10,
  );
}

/** RocketMQ's remoting protocol: the name server lists the brokers it knows; accepted when `broker` is among them. */
export function probeNameServer(host: string, port: number, broker: string): Promise<void> {
  const CLUSTER_INFO = 106;
  const header = Buffer.from(
    JSON.stringify({ code: CLUSTER_INFO, flag: 0, language: 'OTHER', opaque: 1, serializeTypeCurrentRPC: 'JSON', version: 0 }),
  );
  const frame = Buffer.alloc(8 + header.length);
  frame.writeInt32BE(4 + header.length, 0);
  // The highest byte of the header's length says how it is written: 0 is JSON.
  frame.writeInt32BE(header.length, 4);
  header.copy(frame, 8);
  return probe(host, port, frame, (answer) =>
    answer.length < 4 || answer.length < 4 + answer.readInt32BE(0) ? undefined : answer.includes(`"${broker}"`),
  );
}

/** gRPC: any call is answered, were it with an error of the service's own. */
export function probeGrpc(host: string, port: number, method: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://${host}:${port}`);
    const end = (error?: Error): void => {
      session.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    session.setTimeout(TIMEOUT_MS, () => end(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    session.on('error', end);
    session.on('close', () => end(new Error('closed without an answer')));
    const call = session.request({ ':method': 'POST', ':path': method, 'content-type': 'application/grpc', te: 'trailers' });
    call.on('error', end);
    call.on('response', (headers) =>
      headers[':status'] === 200 ? end() : end(new Error(`HTTP status ${String(headers[':status'])}`)),
    );
    // An uncompressed message of no bytes.
    call.end(Buffer.alloc(5));
  });
}
