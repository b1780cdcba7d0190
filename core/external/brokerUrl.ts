/** Addresses of MQTT brokers outside the lab: `mqtt://host:port`, and mqtts, ws, wss. */
import type { Transport } from '../swarm/types.ts';

/** Where a broker is. */
export interface BrokerUrl {
  /** As it is shown to people: with its port, without path `/mqtt`. */
  readonly text: string;
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  /** Of ws and wss. */
  readonly path: string | undefined;
}

const SCHEMES = {
  mqtt: { transport: 'tcp', port: 1883 },
  mqtts: { transport: 'tls', port: 8883 },
  ws: { transport: 'ws', port: 80 },
  wss: { transport: 'wss', port: 443 },
} as const;
const DEFAULT_PATH = '/mqtt';

/** What a broker's address looks like, for messages. */
export const BROKER_URL_EXPECTED = 'mqtt://HOST:PORT, mqtts://…, ws://HOST:PORT/PATH or wss://…';

/** The address, or why it is none. A user or password in it is refused: it would stand in results and logs. */
export function parseBrokerUrl(text: string): BrokerUrl | { readonly problem: string } {
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase() ?? '';
  if (!Object.hasOwn(SCHEMES, scheme)) return { problem: `it begins with none of ${Object.keys(SCHEMES).join(', ')}://` };
  const { transport, port } = SCHEMES[scheme as keyof typeof SCHEMES];
  let url: URL;
  try {
    // With http, as the rules for hosts and ports that `URL` knows hold for the schemes of the web only.
    url = new URL(text.replace(/^[a-z]+:/i, 'http:'));
  } catch {
    return { problem: 'it is not an address' };
  }
  if (url.username !== '' || url.password !== '') return { problem: 'it holds a user or password, which stand elsewhere' };
  if (url.search !== '' || url.hash !== '') return { problem: 'nothing may stand behind ? or #' };
  const overWeb = transport === 'ws' || transport === 'wss';
  const path = url.pathname === '/' ? DEFAULT_PATH : url.pathname;
  if (!overWeb && url.pathname !== '/') return { problem: 'a path goes with ws and wss only' };
  // Not `url.port`, which leaves out port 80.
  const given = Number(/^[a-z]+:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(text)?.[1] ?? port);
  if (given === 0) return { problem: 'its port is 0' };
  return {
    text: `${scheme}://${url.hostname}:${given}${overWeb && path !== DEFAULT_PATH ? path : ''}`,
    transport,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: given,
    path: overWeb ? path : undefined,
  };
}
