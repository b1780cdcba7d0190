/** MQTT by hand over a plain socket: for what a well-behaved client never does. */
import net, { type Socket } from 'node:net';
import mqttPacket, { type IConnectPacket, type Packet } from 'mqtt-packet';
import { waitFor } from './waitFor.ts';

export interface RawClient {
  readonly socket: Socket;
  /** Packets received, in order. */
  readonly packets: Packet[];
  /** The server has closed the connection. */
  readonly closed: boolean;
  send(...packets: (Packet | Buffer)[]): void;
  /** Resolves with the first packet of this kind, waiting for it; `n`-th with `index`. */
  next(cmd: Packet['cmd'], index?: number): Promise<Packet>;
  destroy(): void;
}

/** Opens a socket; nothing is sent yet. */
export async function rawMqtt(port: number): Promise<RawClient> {
  const socket = net.connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const packets: Packet[] = [];
  const parser = mqttPacket.parser();
  parser.on('packet', (packet) => packets.push(packet));
  let closed = false;
  socket.on('data', (chunk) => parser.parse(chunk));
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  return {
    socket,
    packets,
    get closed() {
      return closed;
    },
    send: (...all) => {
      socket.write(Buffer.concat(all.map((packet) => (Buffer.isBuffer(packet) ? packet : mqttPacket.generate(packet)))));
    },
    next: async (cmd, index = 0) => {
      const found = (): Packet | undefined => packets.filter((packet) => packet.cmd === cmd)[index];
      await waitFor(`packet ${cmd} number ${index}`, () => found() !== undefined);
      return found()!;
    },
    destroy: () => socket.destroy(),
  };
}

/** A CONNECT of MQTT 3.1.1. */
export function connectPacket(clientId: string, options: Partial<IConnectPacket> = {}): Packet {
  return { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0, clientId, ...options };
}

/** Connects and waits for CONNACK. */
export async function rawConnected(port: number, clientId: string, options: Partial<IConnectPacket> = {}): Promise<RawClient> {
  const raw = await rawMqtt(port);
  raw.send(connectPacket(clientId, options));
  await raw.next('connack');
  return raw;
}
