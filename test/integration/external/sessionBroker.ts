/** A broker of one bridge, MQTT 5 or 3.1.1 only, that does what a test tells it to: what it answers, and what of a session it keeps. */
import { createServer, type Socket } from 'node:net';
import { generate, type IConnackPacket, type Packet, parser } from 'mqtt-packet';

export interface BrokerConnection {
  readonly packets: Packet[];
  send(packet: Packet): void;
  /** Ends it without a word. */
  cut(): void;
}

export interface SessionBroker {
  readonly port: number;
  /** In order of arrival. */
  readonly connections: readonly BrokerConnection[];
  /** The one now at work. */
  readonly connection: BrokerConnection;
  /** Packets of this kind, of all connections. */
  all<Cmd extends Packet['cmd']>(cmd: Cmd): Extract<Packet, { cmd: Cmd }>[];
  /** Of the next CONNACK. */
  sessionPresent: boolean;
  connackProperties: NonNullable<IConnackPacket['properties']>;
  /** Returning true: no answer but what the test sends itself. */
  script: (connection: BrokerConnection, packet: Packet) => boolean;
  close(): Promise<void>;
}

const UNSUPPORTED_VERSION = 1;

export async function sessionBroker(version: 4 | 5): Promise<SessionBroker> {
  const connections: (BrokerConnection & { readonly socket: Socket })[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const packets: Packet[] = [];
    let spoken: number = version;
    const send = (packet: Packet): void => {
      socket.write(generate(packet, { protocolVersion: spoken }));
    };
    const connection = { socket, packets, send, cut: () => void socket.destroy() };
    connections.push(connection);
    const parse = parser({ protocolVersion: version });
    parse.on('packet', (packet: Packet) => {
      packets.push(packet);
      if (packet.cmd === 'connect' && packet.protocolVersion !== version) {
        spoken = 4;
        send({ cmd: 'connack', returnCode: UNSUPPORTED_VERSION, sessionPresent: false });
        socket.end();
      } else if (!broker.script(connection, packet)) answer(broker, version, connection, packet);
    });
    socket.on('data', (bytes) => parse.parse(bytes));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const broker: SessionBroker = {
    port: (server.address() as { port: number }).port,
    connections,
    get connection() {
      return connections.at(-1)!;
    },
    all: <Cmd extends Packet['cmd']>(cmd: Cmd) =>
      connections.flatMap(({ packets }) =>
        packets.filter((packet): packet is Extract<Packet, { cmd: Cmd }> => packet.cmd === cmd),
      ),
    sessionPresent: false,
    connackProperties: {},
    script: () => false,
    close: () => {
      for (const { socket } of connections) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return broker;
}

function answer(broker: SessionBroker, version: 4 | 5, { send }: BrokerConnection, packet: Packet): void {
  const id = packet.messageId === undefined ? {} : { messageId: packet.messageId };
  if (packet.cmd === 'connect') {
    const { sessionPresent, connackProperties } = broker;
    send({
      cmd: 'connack',
      sessionPresent,
      ...(version === 5 ? { reasonCode: 0, properties: connackProperties } : { returnCode: 0 }),
    });
  } else if (packet.cmd === 'subscribe') send({ cmd: 'suback', ...id, granted: packet.subscriptions.map(({ qos }) => qos) });
  else if (packet.cmd === 'unsubscribe') send({ cmd: 'unsuback', ...id, granted: packet.unsubscriptions.map(() => 0) });
  else if (packet.cmd === 'publish' && packet.qos === 1) send({ cmd: 'puback', ...id });
  else if (packet.cmd === 'pingreq') send({ cmd: 'pingresp' });
}
