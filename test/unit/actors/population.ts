import type { Body, Generator, Population, Publication, Reaction } from '../../../core/scenario/model.ts';

/** A body of fields and their generators. */
export function body(fields: Record<string, Generator>): Body {
  return Object.entries(fields).map(([field, make]) => ({ field, make }));
}

/** A publication once a second. */
export function publication(name: string, fields: Record<string, Generator>, onChange?: Publication['onChange']): Publication {
  const schedule = { kind: 'periodic', everyMs: 1000, jitter: 0 } as const;
  return { name, topic: 'p/{id}', qos: 1, retain: false, schedule, onChange, body: body(fields) };
}

/** A reaction after 20 to 200 ms. */
export function reaction(name: string, fields: Record<string, Generator>, changes: Partial<Reaction> = {}): Reaction {
  const delayMs = { min: 20, max: 200 };
  return { name, on: 'c/#', topic: 'a/{id}', qos: 1, probability: 1, delayMs, body: body(fields), ...changes };
}

/** A population of 120 in 10 groups. */
export function population(changes: Partial<Population> = {}): Population {
  return {
    name: 'things',
    actor: 'sensor',
    count: 120,
    group: { name: 'district', count: 10 },
    clientId: 'GID_t@@@{district}-{id}',
    client: {
      transport: 'tcp',
      cleanSession: true,
      keepAliveMs: 60_000,
      username: undefined,
      passwordFrom: undefined,
      will: undefined,
      maxInflight: 20,
      maxQueued: 1000,
    },
    connect: { overMs: 0 },
    publish: [],
    subscribe: [],
    react: [],
    outages: undefined,
    ...changes,
  };
}
