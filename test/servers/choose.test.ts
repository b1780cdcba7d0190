/** "MQTT or MQ?" on a RabbitMQ that runs by itself: every row measured there, and none said to be of the embedded MQ. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChoose } from '../../core/choose/runChoose.ts';
import type { Sizes } from '../../core/choose/sizes.ts';
import { type KeptRow, rowOf, tableOf } from '../../core/choose/table.ts';
import type { ExternalConnection } from '../../core/mq/connect.ts';
import { CHOOSE_ROWS, type ChooseRowId } from '../../core/protocol/choose.ts';
import { expectMeasured, OUTSIDE_CANNOT } from '../integration/choose/required.ts';
import { type RabbitMqServer, startRabbitMq } from './rabbitmq.ts';
import { whyNot } from './unavailable.ts';

const SMALL: Sizes = { mqttClients: 20, mqClients: 5, crowd: 5, messages: 50, rounds: 1, budgetMs: 60_000 };

const missing = await whyNot('erl', 'rabbitmq-server');

describe.skipIf(missing !== undefined)(`causeway choose on RabbitMQ${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: RabbitMqServer;
  beforeAll(async () => {
    server = await startRabbitMq();
  });
  afterAll(async () => {
    await server?.stop();
  });

  const measure = async (user: Pick<ExternalConnection, 'user' | 'password'>, rows?: readonly ChooseRowId[]) => {
    const measured: KeptRow[] = [];
    await runChoose({
      mq: { engine: 'rabbitmq', address: `${server.host}:${server.amqpPort}`, ...user },
      sizes: SMALL,
      signal: new AbortController().signal,
      ...(rows === undefined ? {} : { rows }),
      onMeasured: (row) => {
        measured.push(row);
      },
      onFailed: (id, error) => {
        throw new Error(`${id} failed`, { cause: error });
      },
    });
    return measured;
  };

  it('measures every row, names the engine, and says nowhere that it is the embedded one', async () => {
    const rows = await measure({});
    expect(rows.map(({ id }) => id)).toEqual([...CHOOSE_ROWS]);
    for (const row of rows) {
      expectMeasured(row, OUTSIDE_CANNOT);
      for (const name of ['missing', 'lost', 'at the wrong device', 'not connected'])
        expect([row.id, name, row.mq.find((one) => one.name === name)?.value ?? 0]).toEqual([row.id, name, 0]);
      expect(row.engine).toContain('RabbitMQ');
      expect(JSON.stringify(rowOf(row.id, row))).not.toMatch(/embedded/i);
    }
    const table = tableOf('rabbitmq', new Map(rows.map((row) => [row.id, row])), null);
    expect([table.engine, table.embedded]).toEqual(['rabbitmq', false]);
    expect(table.rows.every(({ measured }) => measured !== null)).toBe(true);
    // Nothing is said to hold that was not tried.
    expect(table.rows.find(({ id }) => id === 'credentials')!.mq.holds).toBeNull();
  }, 600_000);

  it('tries the user of the connection, and the same with a wrong password', async () => {
    const [row] = await measure({ user: server.user, password: server.password }, ['credentials']);
    const value = (name: string) => row!.mq.find((one) => one.name === name)?.value;
    expect([value('permanent: let in'), value('permanent, wrong: refused')]).toEqual([1, 1]);
    expect(rowOf('credentials', row!).mq.holds).toBeNull();
  }, 120_000);
});
