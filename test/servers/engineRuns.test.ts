/** Scenarios and the conformance suite on real engines: what holds on the embedded one holds on each of them. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEngineLab } from '../../core/checks/engineLab.ts';
import type { LabUnderTest } from '../../core/checks/labUnderTest.ts';
import { runChecks } from '../../core/checks/runner.ts';
import { ALL_CASES } from '../../core/checks/suite.ts';
import { connectMq, type ExternalConnection } from '../../core/mq/connect.ts';
import { EXTERNAL_ENGINES, type ExternalEngineName } from '../../core/mq/engines.ts';
import { begin, ran } from '../helpers/run.ts';
import { waitFor } from '../helpers/waitFor.ts';
import { EXPIRES, kafkaGroups, rabbitMqQueues, rocketMqGroups } from './groupsLeft.ts';
import { startKafka } from './kafka.ts';
import { startRabbitMq } from './rabbitmq.ts';
import { startRocketMq } from './rocketmq.ts';
import { whyNot } from './unavailable.ts';

interface Server {
  readonly connection: ExternalConnection;
  /** Groups that the server knows, or names of their queues. */
  left(): Promise<string[]>;
  stop(): Promise<void>;
}

const SERVERS: Readonly<
  Record<ExternalEngineName, { readonly needs: readonly string[]; readonly start: () => Promise<Server> }>
> = {
  kafka: {
    needs: ['java', 'mvn'],
    start: async () => {
      const server = await startKafka();
      const { address } = server;
      return {
        connection: { engine: 'kafka', address },
        left: () => kafkaGroups(address),
        stop: () => server.stop(),
      };
    },
  },
  rocketmq: {
    needs: ['java', 'mvn'],
    start: async () => {
      const server = await startRocketMq();
      const { nameServer } = server;
      return {
        connection: { engine: 'rocketmq', address: nameServer },
        left: () => rocketMqGroups(nameServer),
        stop: () => server.stop(),
      };
    },
  },
  rabbitmq: {
    needs: ['rabbitmq-server'],
    start: async () => {
      const server = await startRabbitMq();
      return {
        connection: { engine: 'rabbitmq', address: `${server.host}:${server.amqpPort}` },
        left: () => rabbitMqQueues((...args) => server.control(...args)),
        stop: () => server.stop(),
      };
    },
  },
};

/** Cases that do not apply anywhere, and those that do not with one engine. */
const INAPPLICABLE = ['4.number', '21.topic', '29.user-properties', '41.mq'];
const ALSO: Readonly<Partial<Record<ExternalEngineName, readonly string[]>>> = { kafka: ['18.parent'] };

const skipped: string[] = [];
afterAll(() => {
  if (skipped.length > 0) console.log(`Not applicable:\n  ${skipped.join('\n  ')}`);
});

for (const name of EXTERNAL_ENGINES) {
  const { needs, start } = SERVERS[name];
  const missing = await whyNot(...needs);
  if (missing !== undefined) skipped.push(`${name}: everything: ${missing}`);
  describe.skipIf(missing !== undefined)(`${name}${missing === undefined ? '' : ` (${missing})`}`, () => {
    let server: Server;
    let lab: LabUnderTest | undefined;
    const runs: string[] = [];
    beforeAll(async () => {
      server = await start();
    });
    afterEach(async () => {
      await lab?.close();
      lab = undefined;
    });
    afterAll(async () => {
      await server?.stop();
    });

    it.each(['iot-sensors', 'iov-fleet', 'chat-rooms', 'token-expiry'])(
      '%s, shortened: nothing is lost, all is mapped right',
      async (scenario) => {
        const yaml = await readFile(new URL(`../../scenarios/${scenario}.yaml`, import.meta.url), 'utf8');
        const { engine, address } = server.connection;
        const overrides = [{ path: 'mq', value: JSON.stringify({ engine, address }) }];
        const { result, events } = await ran(yaml, { durationMs: 6_000, scale: 0.1, overrides });
        runs.push(result.runId);
        // An MQ that is there has nothing to complain of, and all groups could be removed.
        expect(
          events.filter(({ level, text }) => level !== 'info' && /Kafka|RabbitMQ|consumer of|left in the MQ/.test(text)),
        ).toEqual([]);
        expect(result.engine).toMatchObject({ name, address, storage: 'external' });
        for (const direction of ['up', 'down'] as const) {
          const { lost, corrupted, unexpected, duplicatesUnexplained, reordered, orderGuaranteed } = result.ledger[direction];
          expect({ lost, corrupted, unexpected, duplicatesUnexplained }).toEqual({
            lost: 0,
            corrupted: 0,
            unexpected: 0,
            duplicatesUnexplained: 0,
          });
          if (orderGuaranteed) expect(reordered, direction).toBe(0);
        }
        expect(result.ledger.up.delivered).toBeGreaterThan(0);
        expect(result.mapping.filter((cell) => cell.failed > 0)).toEqual([]);
        // A busy machine spoils times, not counts.
        expect(result.verdict).not.toBe('fail');
      },
    );

    it('an aborted run ends its groups and queues too', async () => {
      const before = await server.left();
      const yaml = await readFile(new URL('../../scenarios/iot-sensors.yaml', import.meta.url), 'utf8');
      const { engine, address } = server.connection;
      const overrides = [{ path: 'mq', value: JSON.stringify({ engine, address }) }];
      const { run, events, running } = begin(yaml, { durationMs: 60_000, scale: 0.1, overrides });
      await running();
      await waitFor('its groups', async () => (await server.left()).some((one) => !before.includes(one)));
      await run.abort();
      // Nobody knows the names of the queues that members of an aborted thread had for themselves: those end by themselves.
      const left = (await server.left()).filter((one) => !one.endsWith(EXPIRES));
      expect(left.filter((one) => !before.includes(one))).toEqual([]);
      expect(events.filter(({ text }) => text.includes('left in the MQ'))).toEqual([]);
    });

    it('leaves no group, queue or dead letter of a run behind', async () => {
      const found = await server.left();
      expect(found.filter((one) => runs.some((id) => one.includes(id)))).toEqual([]);
      const mq = await connectMq(server.connection);
      try {
        const left = (await mq.topics())
          .map((topic) => topic.name)
          .filter((topic) => /^dlq\.(GID_|causeway-bridge-)/.test(topic));
        expect(left).toEqual([]);
      } finally {
        await mq.close();
      }
    });

    it('every conformance case passes but those that cannot apply', async () => {
      lab = await startEngineLab({ profile: 'strict', mq: server.connection });
      const report = await runChecks(lab, { cases: ALL_CASES, patienceMs: 30_000 });
      const results = report.numbers.flatMap((number) => number.cases);
      const inapplicable = results.filter((result) => result.verdict === 'not-applicable');
      for (const { id, reasons } of inapplicable) skipped.push(`${name}: case ${id}: ${reasons.join('; ')}`);
      expect(results.flatMap((result) => (result.verdict === 'fail' ? result.reasons : []))).toEqual([]);
      expect(inapplicable.map((result) => result.id).sort()).toEqual([...INAPPLICABLE, ...(ALSO[name] ?? [])].sort());
      expect(results).toHaveLength(ALL_CASES.length);
    }, 600_000);
  });
}
