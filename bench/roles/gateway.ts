/** The gateway alone, without bridge: what is compared with other brokers. */
import { createGateway } from '../../core/gateway/gateway.ts';
import type { Gateway } from '../../core/gateway/types.ts';
import { type Memory, settledMemory } from './memory.ts';

let gateway: Gateway | undefined;

export const role = {
  /** Starts it on a free port of 127.0.0.1, with the parent topic `bench`. */
  async start(_: null): Promise<{ readonly port: number }> {
    gateway = await createGateway({
      profile: 'strict',
      topics: [{ name: 'bench', bridge: false }],
      listeners: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
    });
    return { port: gateway.addresses[0]!.port };
  },

  async memory(_: null): Promise<Memory> {
    return settledMemory();
  },
};
