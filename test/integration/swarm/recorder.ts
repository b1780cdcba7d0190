/** Collects what a swarm tells, and closes what a test opened. */

import { Swarm, type SwarmOptions } from '../../../core/swarm/swarm.ts';
import type { Endpoint, SimClientApi, SimClientOptions, SwarmEvents } from '../../../core/swarm/types.ts';

export interface Seen {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly dup: boolean;
  readonly retain: boolean;
}

export interface Recording extends Swarm {
  readonly connected: { readonly clientId: string; readonly sessionPresent: boolean }[];
  readonly closed: { readonly clientId: string; readonly reason: string; readonly code: number | undefined }[];
  readonly sent: number[];
  readonly resent: number[];
  readonly done: number[];
  /** Messages of one client, in order. */
  seen(clientId: string): Seen[];
}

export const FAST = { reconnect: { minMs: 5, maxMs: 50 } } as const;

export function record(endpoint: Endpoint, options: SwarmOptions = FAST, more: SwarmEvents = {}): Recording {
  const seen = new Map<string, Seen[]>();
  const connected: Recording['connected'] = [];
  const closed: Recording['closed'] = [];
  const sent: number[] = [];
  const resent: number[] = [];
  const done: number[] = [];
  const of = (clientId: string): Seen[] => {
    const list = seen.get(clientId) ?? [];
    seen.set(clientId, list);
    return list;
  };
  const swarm = new Swarm(
    endpoint,
    {
      ...more,
      onConnected: (client, sessionPresent) => {
        connected.push({ clientId: client.options.clientId, sessionPresent });
        more.onConnected?.(client, sessionPresent);
      },
      onClosed: (client, reason, code) => void closed.push({ clientId: client.options.clientId, reason, code }),
      onMessage: (client, topic, payload, qos, dup, retain) => {
        of(client.options.clientId).push({ topic, payload: payload.toString('latin1'), qos, dup, retain });
        more.onMessage?.(client, topic, payload, qos, dup, retain);
      },
      onSend: (client, payload, token) => {
        sent.push(token);
        more.onSend?.(client, payload, token);
      },
      onResend: (_, __, token) => void resent.push(token),
      onDone: (_, token) => void done.push(token),
    },
    options,
  );
  return Object.assign(swarm, { connected, closed, sent, resent, done, seen: of });
}

export const tcp = (port: number): Endpoint => ({ transport: 'tcp', host: '127.0.0.1', port });

export function join(swarm: Swarm, clientId: string, options: Partial<SimClientOptions> = {}): SimClientApi {
  const client = swarm.add({ clientId, cleanSession: true, keepAliveS: 60, ...options });
  client.connect();
  return client;
}
