/** One way to connect to any engine. Each client library is loaded only where its engine is asked for. */
import type { MqCredentials } from '../credentials/mqGuard.ts';
import type { CausewayError } from '../protocol/errors.ts';
import type { MqEngine } from './engine.ts';

/** How to speak TLS to an engine. */
export interface MqTls {
  /** Authorities (PEM) trusted in place of the system's. */
  readonly ca?: string;
}

interface Reach {
  /** `host:port`; of a cluster several, with commas between. */
  readonly address: string;
  readonly user?: string;
  readonly password?: string;
  /** Absent: no encryption. */
  readonly tls?: MqTls;
}

/** A connection to the port of an embedded engine, in this process or another. */
export interface EmbeddedConnection {
  readonly engine: 'embedded';
  readonly host: string;
  readonly port: number;
  readonly credentials?: MqCredentials;
}

/** A connection to an engine that runs by itself. Plain data with its secrets: for threads, never for files. */
export type ExternalConnection = Reach &
  (
    | {
        readonly engine: 'kafka';
        /** How user and password are shown. Default `plain`. */
        readonly sasl?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      }
    /** The address is that of the name server. */
    | { readonly engine: 'rocketmq' }
    /** `vhost`: default `/`. */
    | { readonly engine: 'rabbitmq'; readonly vhost?: string }
  );

/** What it takes to connect, as plain data that crosses to other threads. */
export type MqConnection = EmbeddedConnection | ExternalConnection;

export interface MqHooks {
  /** Shown in the diagnostics of the engine. Default `causeway`. */
  readonly name?: string;
  /** Told once when a connection to an embedded engine ends by itself. The others come back by themselves. */
  readonly onLost?: (error: CausewayError) => void;
  /** Lines of a client library that tell of trouble, once it is connected: until then the error says all. */
  readonly onLog?: (line: string) => void;
}

/** @throws CausewayError connect.failed, mq.refused, mq.denied, mq.version, input.argument */
export async function connectMq(connection: MqConnection, hooks: MqHooks = {}): Promise<MqEngine> {
  const { onLog } = hooks;
  if (onLog === undefined) return open(connection, hooks);
  let connected = false;
  const engine = await open(connection, {
    ...hooks,
    onLog: (line) => {
      if (connected) onLog(line);
    },
  });
  connected = true;
  return engine;
}

async function open(connection: MqConnection, { name = 'causeway', onLost, onLog }: MqHooks): Promise<MqEngine> {
  const told = onLog === undefined ? {} : { onLog };
  switch (connection.engine) {
    case 'embedded': {
      const { engine: _, ...place } = connection;
      const { connectEmbeddedMq } = await import('./embedded/client.ts');
      return connectEmbeddedMq({ ...place, name, ...(onLost === undefined ? {} : { onLost }) });
    }
    case 'kafka': {
      const { address, user, password = '', tls, sasl: mechanism = 'plain' } = connection;
      const { connectKafka } = await import('./kafka/kafkaMq.ts');
      return connectKafka({
        brokers: address.split(','),
        clientId: name,
        ...(user === undefined ? {} : { sasl: { mechanism, user, password } }),
        ...(tls === undefined ? {} : { tls }),
        ...told,
      });
    }
    case 'rocketmq': {
      const { address, user, password = '', tls } = connection;
      const { connectRocketMq } = await import('./rocketmq/rocketMq.ts');
      return connectRocketMq({
        nameServer: address,
        ...(user === undefined ? {} : { accessKey: user, secretKey: password }),
        ...(tls === undefined ? {} : { tls }),
        ...told,
      });
    }
    case 'rabbitmq': {
      const { address, user, password = '', tls, vhost } = connection;
      const [host, port] = hostAndPort(address);
      const { connectRabbitMq } = await import('./rabbitmq/rabbitMq.ts');
      return connectRabbitMq({
        host,
        port,
        ...(vhost === undefined ? {} : { vhost }),
        ...(user === undefined ? {} : { user, password }),
        ...(tls === undefined ? {} : { tls }),
        ...told,
      });
    }
  }
}

/** Of one address; brackets around an IPv6 one go. */
function hostAndPort(address: string): [string, number] {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon).replace(/^\[|\]$/g, ''), Number(address.slice(colon + 1))];
}
