/** As much of an old RabbitMQ as a client sees while it connects: the version it says, and that it may come in. */
import { createServer, type Socket } from 'node:net';

export interface OldRabbitMq {
  readonly port: number;
  close(): Promise<void>;
}

const short = (text: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
const long = (body: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  return Buffer.concat([size, body]);
};
const text = (name: string, value: string): Buffer => Buffer.concat([short(name), Buffer.from('S'), long(Buffer.from(value))]);

/** A method frame of channel 0. */
function frame(classId: number, methodId: number, fields: Buffer): Buffer {
  const head = Buffer.from([0, classId, 0, methodId]);
  return Buffer.concat([Buffer.from([1, 0, 0]), long(Buffer.concat([head, fields])), Buffer.from([0xce])]);
}

export async function startOldRabbitMq(version: string): Promise<OldRabbitMq> {
  const properties = long(Buffer.concat([text('product', 'RabbitMQ'), text('version', version)]));
  const start = Buffer.concat([Buffer.from([0, 9]), properties, long(Buffer.from('PLAIN')), long(Buffer.from('en_US'))]);
  const answers: Readonly<Record<string, Buffer>> = {
    '10.11': frame(10, 30, Buffer.from([0, 100, 0, 2, 0, 0, 0, 0])),
    '10.40': frame(10, 41, short('')),
    '10.50': frame(10, 51, Buffer.alloc(0)),
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let rest = Buffer.alloc(0);
    let greeted = false;
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      if (!greeted) {
        if (rest.length < 8) return;
        greeted = true;
        rest = rest.subarray(8);
        socket.write(frame(10, 10, start));
      }
      while (rest.length >= 7 && rest.length >= rest.readUInt32BE(3) + 8) {
        const size = rest.readUInt32BE(3);
        const answer = rest[0] === 1 ? answers[`${rest.readUInt16BE(7)}.${rest.readUInt16BE(9)}`] : undefined;
        rest = rest.subarray(size + 8);
        if (answer !== undefined) socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
