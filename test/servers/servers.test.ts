/** The servers themselves: each starts, answers in its protocol, and leaves nothing behind. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compiled } from '../helpers/compiled.ts';
import { waitFor } from '../helpers/waitFor.ts';
import { startMosquitto } from './mosquitto.ts';
import { probeAmqp, probeGrpc, probeMqtt } from './probes.ts';
import { startRabbitMq } from './rabbitmq.ts';
import { startRocketMq } from './rocketmq.ts';
import { whyNot } from './unavailable.ts';

const folders = async (name: string): Promise<string[]> =>
  (await readdir(tmpdir())).filter((entry) => entry.startsWith(`causeway-${name}-`));

/** Whether any process that this one started is still there. */
const running = async (pid: number): Promise<boolean> =>
  (await promisify(execFile)('ps', ['-eo', 'pgid=,stat='])).stdout.split('\n').some((line) => {
    const [group, state] = line.trim().split(/\s+/);
    return group === String(pid) && !state?.startsWith('Z');
  });

const mosquittoMissing = await whyNot('mosquitto');
const javaMissing = await whyNot('java', 'mvn');
const rabbitMissing = await whyNot('erl', 'rabbitmq-server');

describe.skipIf(mosquittoMissing !== undefined)(
  `Mosquitto${mosquittoMissing === undefined ? '' : ` (${mosquittoMissing})`}`,
  () => {
    it('answers while it runs, and is gone afterwards', async () => {
      const before = await folders('mosquitto');
      const server = await startMosquitto();
      await probeMqtt(server.host, server.port);
      await server.stop();
      await server.stop();
      await expect(probeMqtt(server.host, server.port)).rejects.toThrow();
      expect(await folders('mosquitto')).toEqual(before);
    });

    it('does not outlive a process that was killed while it ran', async () => {
      const before = await folders('mosquitto');
      const work = await mkdtemp(join(tmpdir(), 'causeway-guard-'));
      try {
        const module = await compiled('test/servers/mosquitto.ts', join(work, 'js'));
        const script = join(work, 'start.mjs');
        await writeFile(script, `const server = await (await import('${module}')).startMosquitto(); console.log(server.pid);`);
        const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
        const [line] = (await once(parent.stdout, 'data')) as [Buffer];
        const pid = Number(line.toString());
        expect(await running(pid)).toBe(true);
        parent.kill('SIGKILL');
        await waitFor('no process of the server', async () => !(await running(pid)));
        await waitFor('no folder of the server', async () => (await folders('mosquitto')).length === before.length);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });

    it('says at once what the server said when it cannot start', async () => {
      const before = await folders('mosquitto');
      await expect(startMosquitto(['no_such_setting true'])).rejects.toThrow(/no_such_setting/);
      expect(await folders('mosquitto')).toEqual(before);
    });
  },
);

describe.skipIf(rabbitMissing !== undefined)(`RabbitMQ${rabbitMissing === undefined ? '' : ` (${rabbitMissing})`}`, () => {
  it('answers AMQP and MQTT while it runs, and is gone afterwards with all it started', async () => {
    const before = await folders('rabbitmq');
    const server = await startRabbitMq();
    await probeAmqp(server.host, server.amqpPort);
    await probeMqtt(server.host, server.mqttPort, server.user, server.password);
    expect(await running(server.pid)).toBe(true);
    await server.stop();
    await waitFor('no process of the server', async () => !(await running(server.pid)));
    expect(await folders('rabbitmq')).toEqual(before);
  });
});

describe.skipIf(javaMissing !== undefined)(`RocketMQ${javaMissing === undefined ? '' : ` (${javaMissing})`}`, () => {
  it('answers gRPC while it runs, and is gone afterwards', async () => {
    const before = await folders('rocketmq');
    const server = await startRocketMq();
    const [host, port] = server.address.split(':') as [string, string];
    const ask = (): Promise<void> => probeGrpc(host, Number(port), '/apache.rocketmq.v2.MessagingService/QueryRoute');
    await ask();
    await server.stop();
    await expect(ask()).rejects.toThrow();
    expect(await folders('rocketmq')).toEqual(before);
  });
});
