/**
 * The shape of a scenario file (zod, strict): keys, types and units. What one value means to another (references,
 * lengths, profiles) is checked in check.ts, so that one mistake of shape does not hide all others. `title`,
 * `description` and `examples` go into the JSON Schema for editors, and into the messages of the loader.
 */
import { z } from 'zod';
import { BROKER_URL_EXPECTED } from '../external/brokerUrl.ts';
import { ENGINE_NAMES } from '../mq/engines.ts';
import { EXPECTED, type Read, readDuration, readFactor, readRate, readRenewal, readShare } from './units.ts';

function unit<Input extends string | number>(
  type: z.ZodType<Input, Input>,
  read: (value: Input) => Read,
  meta: { title: string; description: string; examples: Input[]; pattern?: string },
) {
  // On the inner type: the JSON Schema of a transforming one loses its examples.
  return type.meta(meta).transform((value, context) => {
    const result = read(value);
    if (result.ok) return result.value;
    context.addIssue({ code: 'custom', message: result.expected, input: value });
    return z.NEVER;
  });
}

const DURATION_META = {
  title: 'duration',
  description: EXPECTED.duration,
  examples: ['1s'],
  pattern: '^\\d+(\\.\\d+)?\\s*(ms|s|m|min|h)$',
};
const RATE_META = {
  title: 'rate',
  description: EXPECTED.rate,
  examples: ['1/s'],
  pattern: '^\\d+(\\.\\d+)?\\s*/\\s*(s|m|min|h)$',
};
const numberOrText = z.union([z.number(), z.string()]);
const duration = unit(z.string(), (text) => readDuration(text), DURATION_META);
const durationOrZero = unit(z.string(), (text) => readDuration(text, true), { ...DURATION_META, examples: ['0s'] });
const renewal = unit(z.string(), readRenewal, {
  title: 'renewal',
  description: EXPECTED.renewal,
  examples: ['1s'],
  pattern: '^\\d+(\\.\\d+)?\\s*(ms|s|m|min|h)(\\s+before\\s+expiry)?$',
});
const rate = unit(z.string(), (text) => readRate(text), RATE_META);
const rateOrZero = unit(z.string(), (text) => readRate(text, true), RATE_META);
const share = unit(numberOrText, readShare, { title: 'share', description: EXPECTED.share, examples: [0.1] });
const factor = unit(numberOrText, readFactor, { title: 'factor', description: EXPECTED.factor, examples: [1] });

const whole = (min: number, max: number, sample: number) =>
  z
    .number()
    .int()
    .min(min)
    .max(max)
    .meta({ description: `a whole number from ${min} to ${max}`, examples: [sample] });
const real = z.number().meta({ description: 'a number', examples: [1] });
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .meta({ description: `a text of 1 to ${max} characters`, examples: ['x'] });
const flag = z.boolean().meta({ description: 'true or false', examples: [false] });
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words).meta({ description: `one of ${words.join(', ')}`, examples: [words[0]] });
const qos = z.literal([0, 1, 2]).meta({ title: 'qos', description: 'quality of service 0, 1 or 2', examples: [0] });
const topic = z
  .string()
  .min(1)
  .max(65_535)
  .meta({ title: 'topic', description: 'an MQTT topic, {placeholders} allowed', examples: ['x'] });
const filter = z
  .string()
  .min(1)
  .max(65_535)
  .meta({ title: 'filter', description: 'an MQTT topic filter, {placeholders} allowed', examples: ['x'] });
/** Names appear in client IDs, stream names, file names and reports. */
export const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
const name = z
  .string()
  .regex(NAME)
  .meta({
    title: 'name',
    description: 'a name of letters, digits, - and _, starting with a letter, at most 40',
    examples: ['x'],
  });
const mqName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .meta({ title: 'name', description: 'a name of letters, digits, - and _, at most 64', examples: ['x'] });
/** Only those: a file that somebody mails must not reach for the other secrets of this machine. */
const variable = z
  .string()
  .regex(/^CAUSEWAY_[A-Za-z0-9_]+$/)
  .meta({
    description: 'the name of an environment variable that begins with CAUSEWAY_, never the secret itself',
    examples: ['CAUSEWAY_X'],
  });
const mqAddress = z
  .string()
  .max(1000)
  .regex(/^[^\s/,@]+:\d{1,5}(,[^\s/,@]+:\d{1,5})*$/)
  .meta({ title: 'address', description: 'host:port, several with commas between', examples: ['127.0.0.1:1'] });
/** Maps by name. The names themselves are checked in normalise.ts: here a bad one would hide all problems below it. */
const named = <Item extends z.ZodType>(item: Item) =>
  z.record(z.string(), item).meta({ propertyNames: { pattern: NAME.source } });

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** For generators that have nothing to choose: `{ timestamp: true }`. */
const yes = z.literal(true).meta({ description: 'true', examples: [true] });
const decimals = whole(0, 9, 2).optional();

/** Exactly one of these keys stands in a generator; checked in normalise.ts. */
const generator = z
  .strictObject({
    constant: scalar.optional(),
    sequence: z.strictObject({ start: real.optional(), step: real.optional() }).optional(),
    uniform: z.strictObject({ min: real, max: real, decimals }).optional(),
    gaussian: z.strictObject({ mean: real, deviation: real, min: real.optional(), max: real.optional(), decimals }).optional(),
    choice: z
      .strictObject({
        values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
        weights: z.array(z.number().nonnegative()).optional(),
      })
      .optional(),
    randomWalk: z.strictObject({ start: real, min: real, max: real, step: real, decimals }).optional(),
    route: oneOf(['x', 'y', 'speed', 'heading', 'battery', 'street']).optional(),
    timestamp: yes.optional(),
    text: z.strictObject({ bytes: whole(1, 65_536, 10) }).optional(),
    talk: yes.optional(),
    template: z.string().max(65_536).optional(),
  })
  .meta({ title: 'generator', description: 'one generator', minProperties: 1, maxProperties: 1 });
const body = z.record(z.string().min(1).max(64), z.union([scalar, generator])).meta({ title: 'body' });

const pick = oneOf(['round-robin', 'uniform', 'zipf']).optional();
/** Exactly one of every, rate, ramp, burst, replay, closed; `jitter` goes with every, `pick` with the next four. */
const schedule = z
  .strictObject({
    every: duration.optional(),
    jitter: share.optional(),
    rate: rate.optional(),
    ramp: z.strictObject({ from: rateOrZero, to: rateOrZero, over: duration }).optional(),
    burst: z.strictObject({ rate, peak: rate, every: duration, for: duration }).optional(),
    replay: z.array(durationOrZero).min(1).max(100_000).optional(),
    closed: z.strictObject({ think: durationOrZero }).optional(),
    pick,
  })
  .meta({ title: 'schedule', description: 'when messages are due', minProperties: 1, maxProperties: 2 });

const publication = z.strictObject({
  topic,
  qos: qos.optional(),
  retain: flag.optional(),
  schedule,
  onChange: z.strictObject({ field: z.string().min(1), by: z.number().positive(), look: duration.optional() }).optional(),
  body: body.optional(),
});

const reaction = z.strictObject({
  on: filter,
  topic,
  qos: qos.optional(),
  probability: share.optional(),
  delay: z.strictObject({ min: durationOrZero, max: durationOrZero }).optional(),
  body: body.optional(),
});

const outages = z
  .union([
    z.strictObject({ share, every: duration, for: duration }),
    // Last: for a map the problems inside it are told, not that it is no word.
    z.literal('tunnels'),
  ])
  .meta({
    title: 'outages',
    description: 'a share such as { share: 5%, every: 12s, for: 4s }, or tunnels',
    examples: ['tunnels'],
  });

const credentials = z
  .union([
    z.strictObject({
      token: z.strictObject({
        ttl: duration,
        renew: renewal.optional(),
        revoke: z.strictObject({ members: whole(1, 1_000_000, 1), at: durationOrZero }).optional(),
      }),
    }),
    // Last: for a map the problems inside it are told, not that it is no word.
    z.literal('signature'),
  ])
  .meta({
    title: 'credentials',
    description: 'signature, or a token such as { token: { ttl: 60s, renew: 10s } }',
    examples: ['signature'],
  });

const population = z.strictObject({
  actor: oneOf(['sensor', 'vehicle', 'chat-user']),
  count: whole(1, 1_000_000, 1_000_000),
  group: z.strictObject({ name, count: whole(1, 1_000_000, 1) }).optional(),
  clientId: text(1000).optional(),
  client: z
    .strictObject({
      transport: oneOf(['tcp', 'ws', 'tls', 'wss']).optional(),
      cleanSession: flag.optional(),
      keepAlive: durationOrZero.optional(),
      username: text(1000).optional(),
      passwordFrom: variable.optional(),
      will: z
        .strictObject({ topic, qos: qos.optional(), retain: flag.optional(), body: z.string().max(65_536).optional() })
        .optional(),
      maxInflight: whole(1, 65_535, 20).optional(),
      maxQueued: whole(0, 1_000_000, 1000).optional(),
    })
    .optional(),
  credentials: credentials.optional(),
  connect: z.strictObject({ over: durationOrZero }).optional(),
  publish: named(publication).optional(),
  subscribe: z.array(z.strictObject({ topic: filter, qos: qos.optional() })).optional(),
  react: named(reaction).optional(),
  outages: outages.optional(),
});

const command = z.strictObject({
  topic: mqName,
  population: name,
  target: oneOf(['one', 'group', 'all']),
  second: z.string().min(1).max(65_535).optional(),
  qosLevel: qos.optional(),
  cleanSessionFlag: flag.optional(),
  realTopic: z.string().min(1).max(65_535).optional(),
  schedule: z
    .union([schedule, z.literal('manual')])
    .meta({ description: 'manual, or a schedule such as { every: 5s }', examples: ['manual'] }),
  answer: name.optional(),
  body: body.optional(),
});

const service = z.strictObject({
  consume: z
    .strictObject({
      topics: z.array(mqName).min(1),
      group: mqName,
      mode: oneOf(['clustering', 'broadcasting']).optional(),
      members: whole(1, 1000, 1).optional(),
      ordered: flag.optional(),
      work: durationOrZero.optional(),
    })
    .optional(),
  commands: named(command).optional(),
});

const topicSpec = z.strictObject({
  direction: oneOf(['up', 'down', 'both', 'none']).optional(),
  partitions: whole(1, 1024, 8).optional(),
});

export const scenarioSchema = z.strictObject({
  causeway: z.literal(1).meta({ description: 'version of the format, 1', examples: [1] }),
  name: text(100),
  description: z.string().max(10_000).optional(),
  duration: duration.optional(),
  seed: whole(0, 4_294_967_295, 42).optional(),
  gateway: z.strictObject({
    profile: oneOf(['strict', 'lenient']).optional(),
    host: text(255).optional(),
    port: whole(0, 65_535, 0).optional(),
    url: text(1000)
      .meta({ description: BROKER_URL_EXPECTED, examples: ['mqtt://127.0.0.1:1883'] })
      .optional(),
    user: text(1000).optional(),
    passwordFrom: variable.optional(),
    tls: z.strictObject({ ca: text(4096) }).optional(),
    topics: z.record(z.string().min(1).max(1000), topicSpec),
    limits: z
      .strictObject({
        payloadBytes: whole(1, 268_435_455, 65_536).optional(),
        topicChars: whole(1, 65_535, 65_535).optional(),
        clientIdChars: whole(1, 65_535, 65_535).optional(),
        subscriptionsPerClient: whole(1, 1_000_000, 1_000_000).optional(),
        offlineMessages: whole(0, 10_000_000, 10_000).optional(),
        offline: duration.optional(),
      })
      .optional(),
  }),
  mq: z
    .strictObject({
      engine: oneOf(ENGINE_NAMES).optional(),
      address: mqAddress.optional(),
      user: text(1000).optional(),
      passwordFrom: variable.optional(),
      sasl: oneOf(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
      vhost: text(255).optional(),
      tls: z
        .union([z.strictObject({ ca: text(4096).optional() }), z.boolean()])
        .meta({ title: 'tls', description: 'true, or { ca: FILE } with the authorities to trust', examples: [false] })
        .optional(),
      storage: oneOf(['memory', 'file']).optional(),
      fsync: oneOf(['always', 'interval', 'never']).optional(),
    })
    .optional(),
  populations: named(population).optional(),
  services: named(service).optional(),
  phases: z.array(z.strictObject({ name: text(100), for: duration, load: factor })).optional(),
  faults: z
    .array(
      z.strictObject({
        inject: oneOf(['drop', 'duplicate', 'swap', 'corrupt', 'property']),
        direction: oneOf(['up', 'down']),
        at: durationOrZero.optional(),
        every: whole(1, 1_000_000_000, 100).optional(),
        count: whole(1, 1_000_000_000, 1).optional(),
      }),
    )
    .optional(),
  thresholds: z.array(text(200)).optional(),
});

/** A scenario file after its shape is checked: durations in milliseconds, rates per second, defaults not yet filled in. */
export type ScenarioFile = z.output<typeof scenarioSchema>;
export type PopulationFile = NonNullable<ScenarioFile['populations']>[string];
export type PublicationFile = NonNullable<PopulationFile['publish']>[string];
export type ServiceFile = NonNullable<ScenarioFile['services']>[string];
export type GatewayFile = ScenarioFile['gateway'];
export type MqFile = NonNullable<ScenarioFile['mq']>;
export type CommandFile = NonNullable<ServiceFile['commands']>[string];
export type ScheduleFile = PublicationFile['schedule'];
export type BodyFile = NonNullable<PublicationFile['body']>;
export type GeneratorFile = z.output<typeof generator>;
