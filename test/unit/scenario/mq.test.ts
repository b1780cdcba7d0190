/** The mq section: which keys go with which engine, and what a run makes of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENGINES, EXTERNAL_ENGINES } from '../../../core/mq/engines.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { externalConnection } from '../../../core/run/externalMq.ts';
import { explainScenario } from '../../../core/scenario/explain.ts';
import { type LoadedScenario, parseScenario } from '../../../core/scenario/loader.ts';
import type { ExternalMqSection } from '../../../core/scenario/model.ts';

const load = (mq: string): LoadedScenario =>
  parseScenario(
    `causeway: 1
name: MQ
gateway: { topics: { up: { direction: up } } }
${mq === '' ? '' : `mq: ${mq}\n`}populations:
  some: { actor: sensor, count: 1, publish: { a: { topic: up/a, schedule: { every: 1s } } } }
`,
    'mq.yaml',
  );

function problems(mq: string): string[] {
  try {
    load(mq);
  } catch (error) {
    if (error instanceof CausewayError) return error.problems.map((problem) => problem.message);
    throw error;
  }
  return [];
}

describe('the mq section of a scenario', () => {
  it('means the embedded engine where nothing is said', () => {
    expect(load('').scenario.mq).toEqual({ engine: 'embedded', storage: 'memory', fsync: 'interval' });
  });

  it.each(EXTERNAL_ENGINES)('%s: is looked for where it usually listens', (engine) => {
    expect(load(`{ engine: ${engine} }`).scenario.mq).toMatchObject({
      engine,
      address: ENGINES[engine].address,
      user: undefined,
    });
    expect(explainScenario(load(`{ engine: ${engine} }`)).mq).toContain(`${ENGINES[engine].title} at ${ENGINES[engine].address}`);
  });

  it.each([
    ['{ engine: kafka, storage: file }', 'mq.storage'],
    ['{ engine: kafka, vhost: a }', 'mq.vhost'],
    ['{ engine: rabbitmq, sasl: plain }', 'mq.sasl'],
    ['{ address: "127.0.0.1:9092" }', 'mq.address'],
    ['{ engine: kafka, user: me }', 'mq.user'],
    ['{ engine: kafka, passwordFrom: CAUSEWAY_SECRET }', 'mq.passwordFrom'],
    ['{ engine: kafka, address: "kafka://a:1" }', 'mq.address'],
    ['{ engine: kafka, address: "a:70000" }', 'mq.address'],
    ['{ engine: rabbitmq, address: "a:1,b:2" }', 'mq.address'],
    ['{ engine: activemq }', 'mq.engine'],
  ])('%s is a problem of %s', (mq, place) => {
    const found = problems(mq);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(place);
  });

  it('warns of an MQ on another machine', () => {
    expect(load('{ engine: kafka, address: "10.1.2.3:9092" }').warnings.map((w) => w.message)).toEqual([
      expect.stringContaining('mq.address'),
    ]);
    expect(load('{ engine: kafka, address: "127.0.0.1:1,localhost:2,[::1]:3" }').warnings).toEqual([]);
  });
});

describe('the connection a run makes of it', () => {
  const section = (mq: string): ExternalMqSection => load(mq).scenario.mq as ExternalMqSection;

  it('takes the password from the environment, and says which variable is missing', async () => {
    const mq = section('{ engine: kafka, user: me, passwordFrom: CAUSEWAY_SECRET, sasl: scram-sha-256 }');
    await expect(externalConnection(mq, {}, '.')).rejects.toMatchObject({
      code: 'secret.missing',
      details: { variable: 'CAUSEWAY_SECRET' },
    });
    expect(await externalConnection(mq, { CAUSEWAY_SECRET: 'x' }, '.')).toEqual({
      engine: 'kafka',
      address: '127.0.0.1:9092',
      user: 'me',
      password: 'x',
      sasl: 'scram-sha-256',
    });
  });

  it('reads authorities from the folder of the scenario', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-test-'));
    try {
      await writeFile(join(folder, 'ca.pem'), 'PEM');
      const mq = section('{ engine: rabbitmq, vhost: lab, tls: { ca: ca.pem } }');
      expect(await externalConnection(mq, {}, folder)).toMatchObject({ vhost: 'lab', tls: { ca: 'PEM' } });
      await expect(externalConnection(mq, {}, join(folder, 'none'))).rejects.toMatchObject({ code: 'input.unreadable' });
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(await externalConnection(section('{ engine: rocketmq, tls: true }'), {}, '.')).toMatchObject({ tls: {} });
  });
});
