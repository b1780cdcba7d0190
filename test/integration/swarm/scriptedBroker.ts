/** A broker for fault cases: answers as MQTT says, except where the test's script takes a packet into its own hands. */
import { createServer, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';

export interface ScriptedConnection {
  readonly socket: Socket;
  /** 0-based, in order of arrival. */
  readonly index: number;
  readonly packets: Packet[];
  send(packet: Packet): void;
}

/** Returning true: handled, no default answer. */
export type Script = (connection: ScriptedConnection, packet: Packet) => boolean;

export interface ScriptedBroker {
  readonly port: number;
  readonly connections: ScriptedConnection[];
  /** All packets of all connections as `cmd`, `cmd:id` or `publish:id` with `!` for DUP. */
  log(): string[];
  script: Script;
  close(): Promise<void>;
}

export async function scriptedBroker(script: Script = () => false): Promise<ScriptedBroker> {
  const connections: ScriptedConnection[] = [];
  const order: string[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const packets: Packet[] = [];
    const connection = { socket, index: connections.length, packets, send: (p: Packet) => void socket.write(generate(p)) };
    connections.push(connection);
    const parse = parser({ protocolVersion: 4 });
    parse.on('packet', (packet: Packet) => {
      packets.push(packet);
      order.push(
        `${packet.cmd}${packet.messageId === undefined ? '' : `:${packet.messageId}`}${'dup' in packet && packet.dup ? '!' : ''}`,
      );
      if (!broker.script(connection, packet)) answer(connection, packet);
    });
    socket.on('data', (bytes) => parse.parse(bytes));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const broker: ScriptedBroker = {
    port: address.port,
    connections,
    log: () => [...order],
    script,
    close: () => {
      for (const { socket } of connections) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return broker;
}

function answer(connection: ScriptedConnection, packet: Packet): void {
  const id = packet.messageId === undefined ? {} : { messageId: packet.messageId };
  if (packet.cmd === 'connect') connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
  else if (packet.cmd === 'publish' && packet.qos === 1) connection.send({ cmd: 'puback', ...id });
  else if (packet.cmd === 'publish' && packet.qos === 2) connection.send({ cmd: 'pubrec', ...id });
  else if (packet.cmd === 'pubrec') connection.send({ cmd: 'pubrel', ...id });
  else if (packet.cmd === 'pubrel') connection.send({ cmd: 'pubcomp', ...id });
  else if (packet.cmd === 'pingreq') connection.send({ cmd: 'pingresp' });
  else if (packet.cmd === 'subscribe')
    connection.send({ cmd: 'suback', ...id, granted: packet.subscriptions.map(({ qos }) => qos) });
}
