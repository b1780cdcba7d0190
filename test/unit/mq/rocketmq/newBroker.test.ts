/** A RocketMQ broker that has just begun, played by a server that answers as one does. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ANSWER, REQUEST } from '../../../../core/mq/rocketmq/codes.ts';
import { connectRocketMq } from '../../../../core/mq/rocketmq/rocketMq.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Name server and broker in one; `refusals`: so many requests for the broker's figures are refused first. */
async function play(refusals: number): Promise<{ readonly nameServer: string; readonly asked: () => number }> {
  let asked = 0;
  const answer = (code: number, address: string): readonly [code: number, remark: string, body: object] => {
    if (code === REQUEST.clusterInfo)
      return [0, '', { brokerAddrTable: { broker: { brokerName: 'broker', brokerAddrs: { 0: address } } } }];
    if (code !== REQUEST.brokerRuntimeInfo) return [ANSWER.notSupported, 'not played', {}];
    asked += 1;
    if (asked <= refusals) return [ANSWER.systemError, 'java.util.NoSuchElementException', {}];
    return [0, '', { table: { brokerVersionDesc: 'V5_3_0' } }];
  };
  const server = createServer((socket) => {
    closers.push(() => void socket.destroy());
    let got = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      while (got.length >= 4 && got.length >= 4 + got.readUInt32BE(0)) {
        const header = JSON.parse(got.subarray(8, 8 + (got.readUInt32BE(4) & 0xffffff)).toString());
        got = got.subarray(4 + got.readUInt32BE(0));
        reply(socket, header.opaque, answer(header.code, `127.0.0.1:${socket.localPort}`));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  closers.push(() => void server.close());
  return { nameServer: `127.0.0.1:${port}`, asked: () => asked };
}

function reply(socket: Socket, opaque: number, [code, remark, body]: readonly [number, string, object]): void {
  const header = Buffer.from(
    JSON.stringify({ code, flag: 1, language: 'JAVA', opaque, remark, serializeTypeCurrentRPC: 'JSON', version: 0 }),
  );
  const text = Buffer.from(JSON.stringify(body));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(4 + header.length + text.length, 0);
  lengths.writeUInt32BE(header.length, 4);
  socket.write(Buffer.concat([lengths, header, text]));
}

describe('a RocketMQ broker that has just begun', () => {
  it('is waited for until it can tell its version', async () => {
    const { nameServer, asked } = await play(3);
    const engine = await connectRocketMq({ nameServer });
    closers.push(() => engine.close());
    expect(asked()).toBe(4);
  });
});
