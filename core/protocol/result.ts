/**
 * The result of a run, as written to result.json. Published and versioned: `schema` goes up by one when a field
 * changes its meaning or goes away; new optional fields do not. Times in microseconds unless the name says otherwise.
 */
import { z } from 'zod';

export const RESULT_SCHEMA = 1;

const count = z.number().int().nonnegative();

/** Percentiles of one histogram, microseconds; null figures where nothing was recorded. */
export const latencySchema = z.object({
  count,
  mean: z.number().nullable(),
  min: z.number().nullable(),
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  p999: z.number().nullable(),
  max: z.number().nullable(),
});
export type Latency = z.infer<typeof latencySchema>;

/** up: MQTT to MQ. down: MQ to MQTT. device: MQTT to MQTT, without MQ. */
export const directionSchema = z.enum(['up', 'down', 'device']);
export type Direction = z.infer<typeof directionSchema>;

/** Sums over all streams and receivers of one direction. A delivery is one message at one receiver (a consumer group counts as one). */
export const ledgerSchema = z.object({
  /** Messages due by the schedule, handed to the wire at least once, and acknowledged (QoS 0: written). */
  offered: count,
  sent: count,
  acknowledged: count,
  /** Never sent: queue full, or QoS 0 without network. */
  notSent: count,
  expected: count,
  delivered: count,
  /** Acknowledged at QoS 1/2 and promised to a receiver, never seen there. */
  lost: count,
  /** Missing where no promise was made: QoS 0, or a receiver that was offline without a persistent session. */
  missingUnpromised: count,
  /** Second copies. `explained`: marked as redelivery (DUP, delivery count) or sent again after a reconnect. */
  duplicatesExplained: count,
  duplicatesUnexplained: count,
  reordered: count,
  maxReorderDistance: count,
  /** Is order promised here (up: ordered consumer)? */
  orderGuaranteed: z.boolean(),
  corrupted: count,
  unexpected: count,
});
export type Ledger = z.infer<typeof ledgerSchema>;

/** A message whose mapping was wrong: the MQ message (up) or the MQTT packet (down, device). */
export const failedMessageSchema = z.object({
  topic: z.string(),
  /** Of an MQ message. */
  key: z.string().optional(),
  properties: z.record(z.string(), z.string()).optional(),
  /** Of an MQTT packet. */
  qos: z.number().int().optional(),
  dup: z.boolean().optional(),
  retain: z.boolean().optional(),
  payloadBytes: count,
  /** Hexadecimal; of a payload above 4,096 bytes the first 4,096. */
  payloadHex: z.string(),
});
export type FailedMessage = z.infer<typeof failedMessageSchema>;

/** One cell of the matrix property x direction; between devices there are topic, qoslevel and payload. */
export const mappingCellSchema = z.object({
  direction: directionSchema,
  property: z.enum(['topic', 'qoslevel', 'cleansessionflag', 'mqttSecondTopic', 'mqttRealTopic', 'clientId', 'payload']),
  checked: count,
  failed: count,
  /** Why this property is not checked: nobody can know it. */
  unknown: z.string().optional(),
  /** The first failing messages, at most 20, each with the whole message as its receiver got it. */
  examples: z
    .array(
      z.object({
        stream: z.string(),
        sequence: count,
        receiver: z.string(),
        expected: z.string(),
        found: z.string(),
        message: failedMessageSchema.optional(),
      }),
    )
    .max(20),
});
export type MappingCell = z.infer<typeof mappingCellSchema>;

/** Latency per hop of one path. The sum of the hops' means must equal the end-to-end mean within 1 %. */
export const pathSchema = z.object({
  direction: directionSchema,
  /** e.g. dueToSent, sentToGateway, gatewayToMq, mqToConsumer (up); dueToSent, sentToMq, mqToBridge, bridgeToDevice (down). */
  hops: z.array(z.object({ name: z.string(), latency: latencySchema })),
  endToEnd: latencySchema,
  /** End to end from the send instead of the due time. */
  service: latencySchema,
  /** Deliveries whose trace was no longer at hand, so that they count in no hop. */
  untraced: count,
  sumOfHopMeans: z.number().nullable(),
});
export type Path = z.infer<typeof pathSchema>;

export const waveSchema = z.object({
  command: z.string(),
  target: z.string(),
  sequence: count,
  expected: count,
  answered: count,
  /** From the command's due time, microseconds; null: not reached. */
  t50: z.number().nullable(),
  t95: z.number().nullable(),
  t100: z.number().nullable(),
});
export type Wave = z.infer<typeof waveSchema>;

export const threadSampleSchema = z.object({
  thread: z.string(),
  /** Busy share of one core, 0..1 (event-loop utilisation), mean and worst window. */
  utilisation: z.number(),
  utilisationMax: z.number(),
  /** Share of the time in which the thread could have run, but all cores were busy with others, 0..1; absent where the system does not tell. */
  waitingShare: z.number().optional(),
  eventLoopDelay: latencySchema,
});
export type ThreadSample = z.infer<typeof threadSampleSchema>;

export const thresholdResultSchema = z.object({
  text: z.string(),
  metric: z.string(),
  found: z.number().nullable(),
  passed: z.boolean(),
});

export const resultSchema = z.object({
  schema: z.literal(RESULT_SCHEMA),
  runId: z.string(),
  verdict: z.enum(['pass', 'fail', 'invalid']),
  /** Why it is not a pass; empty for a pass. Codes are stable, texts are for people. */
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
  /** Ended by the user before its time. */
  interrupted: z.boolean(),
  scenario: z.object({
    name: z.string(),
    path: z.string(),
    sha256: z.string(),
    seed: z.number().int(),
    scale: z.number(),
    durationMs: z.number(),
    overrides: z.array(z.string()),
  }),
  /**
   * The MQTT broker outside that stood in for the lab's gateway; absent: there was none. With it `gateway` counts what the
   * bridge took from it and gave to it.
   */
  broker: z
    .object({
      url: z.string(),
      /** Version of MQTT between bridge and broker; devices speak 3.1.1. */
      mqtt: z.enum(['5.0', '3.1.1']),
      sharedSubscription: z.boolean(),
      maximumQos: z.number().int(),
      /** What it could not do, and what the lab did about it; one sentence each. */
      limits: z.array(z.string()),
    })
    .optional(),
  engine: z.object({
    name: z.string(),
    /** `external`: a matter of the engine itself. */
    storage: z.string(),
    fsync: z.string(),
    /** Of an engine that runs by itself: as its makers call it, where it was reached, with which client library. */
    title: z.string().optional(),
    address: z.string().optional(),
    client: z.string().optional(),
  }),
  environment: z.object({
    causeway: z.string(),
    node: z.string(),
    os: z.string(),
    cpu: z.string(),
    cores: count,
    memoryMb: count,
    dependencies: z.record(z.string(), z.string()),
  }),
  startedAt: z.string(),
  /** Length of the traffic itself, and of the whole run with connecting and draining, milliseconds. */
  trafficMs: z.number(),
  totalMs: z.number(),
  clients: z.object({ planned: count, connected: count, reconnects: count, refused: count, connectMs: z.number() }),
  rates: z.object({
    /** Messages per second over the traffic time. */
    offered: z.number(),
    achieved: z.number(),
    delivered: z.number(),
    /** Bytes per second from devices and to devices, as the clients write and read them. */
    bytesIn: z.number(),
    bytesOut: z.number(),
  }),
  ledger: z.record(directionSchema, ledgerSchema),
  paths: z.array(pathSchema),
  mapping: z.array(mappingCellSchema),
  waves: z.array(waveSchema),
  /** From a command's due time to its answer at the service; per command. */
  answers: z.array(z.object({ command: z.string(), sent: count, expected: count, answered: count, latency: latencySchema })),
  perStream: z.array(
    z.object({
      name: z.string(),
      direction: directionSchema,
      qos: z.number().int(),
      offered: count,
      sent: count,
      acknowledged: count,
      notSent: count,
    }),
  ),
  services: z.array(
    z.object({
      name: z.string(),
      group: z.string(),
      mode: z.string(),
      members: z.array(z.object({ name: z.string(), received: count })),
      received: count,
    }),
  ),
  /** What credentials came to; absent where no population has any. Codes are those of `$SYS/tokenInvalidNotice`. */
  credentials: z
    .object({
      /** Tokens issued by the credential service, and taken by the gateway in place of an older one. */
      issued: count,
      renewed: count,
      /** Members whose tokens were revoked. */
      revoked: count,
      /** Expiry notices: each tells of a renewal that was late. */
      notices: count,
      /** Connections refused, and closed, by code. */
      refusedByCode: z.record(z.string(), count),
      closedByCode: z.record(z.string(), count),
      /** Clients that stayed away for good after that. */
      dismissed: count,
    })
    .optional(),
  saturation: z.object({
    saturated: z.boolean(),
    reasons: z.array(z.string()),
    /** Threads that waited for a core for too long: a latency or rate missed then says nothing about the system. */
    starved: z.array(z.string()).optional(),
    achievedShare: z.number(),
    slip: latencySchema,
    threads: z.array(threadSampleSchema),
  }),
  gateway: z.record(z.string(), z.unknown()),
  bridge: z.record(z.string(), z.unknown()),
  faultsInjected: z.record(z.string(), count),
  thresholds: z.array(thresholdResultSchema),
});
export type RunResult = z.infer<typeof resultSchema>;

/** The aggregates of one 250 ms window, streamed to the screen and written to frames.jsonl. Counts are of this window. */
export const frameSchema = z.object({
  /** Milliseconds since the start of traffic at the window's end (negative while connecting). */
  atMs: z.number(),
  /** paused: no new traffic is scheduled; time goes on, but counts neither as traffic nor as latency. */
  state: z.enum(['connecting', 'running', 'paused', 'draining', 'done']),
  connected: count,
  offered: count,
  sent: count,
  acknowledged: count,
  /** Deliveries per direction. */
  up: count,
  down: count,
  device: count,
  /** Sent and not yet acknowledged. */
  pending: count,
  duplicates: count,
  reordered: count,
  corrupted: count,
  mappingFailed: count,
  answers: count,
  /** Percentiles of this window per direction, microseconds. */
  latency: z.record(directionSchema, z.object({ p50: z.number().nullable(), p99: z.number().nullable() })),
  slipP99: z.number().nullable(),
  /** Inside the lab, of this window: commands sent to MQ, messages that the bridge stored in MQ, and took from it. */
  hops: z.object({ commands: count, stored: count, taken: count }).optional(),
  utilisation: z.record(z.string(), z.number()),
});
export type Frame = z.infer<typeof frameSchema>;

/** Counts by latency end to end, to draw a distribution: `counts[i]` deliveries took at most `bounds[i]` microseconds (and more than the bound before). */
export const distributionSchema = z.object({
  direction: directionSchema,
  bounds: z.array(z.number()).max(200),
  counts: z.array(count).max(200),
});
export interface Distribution {
  readonly direction: Direction;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** Live matrix property x direction, without examples: those come with the result. */
export type LiveMapping = readonly Pick<MappingCell, 'direction' | 'property' | 'checked' | 'failed'>[];

/** What is known of a run beside its frames while it goes on. */
export interface LiveFigures {
  readonly distributions: readonly Distribution[];
  readonly mapping: LiveMapping;
}
