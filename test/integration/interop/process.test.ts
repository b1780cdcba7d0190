import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../helpers/waitFor.ts';
import { type LabProcess, readTailLine, startLabProcess } from './lab.ts';
import { type Program, runCli, startCli } from './program.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const open of closing.splice(0).reverse()) await open.close();
});

async function start(argv: readonly string[] = []): Promise<LabProcess> {
  const lab = await startLabProcess(argv);
  closing.push(lab);
  return lab;
}

function cli(argv: readonly string[]): Program {
  const program = startCli(argv);
  closing.push(program);
  return program;
}

describe('causeway gateway as a process', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s drains and ends with 0, with devices and services connected', async (signal) => {
    const lab = await start();
    const device = connect(lab.port('mqtt'), '127.0.0.1');
    const closed = once(device, 'close');
    await once(device, 'connect');
    const tail = cli(['mq', 'tail', 'demo', '--from', 'earliest', '--mq', lab.mq]);
    await lab.send('demo', {}, 'x');
    await tail.until('the message', () => tail.out() !== '');
    lab.program.signal(signal);
    expect(await lab.program.ended).toEqual({ code: 0, signal: null });
    expect(lab.program.err()).toMatch(/draining .*\nall drained\n$/);
    await closed;
    expect((await tail.ended).code).toBe(3);
    expect(tail.err()).toContain(`the connection to the MQ engine at ${lab.mq} was lost`);
  });

  test('stdout holds the ready line and nothing else, and off a terminal no control characters appear', async () => {
    const lab = await start(['--verbose', '--tls-port', '0']);
    await lab.send('demo', { qoslevel: '9' }, 'x');
    await lab.program.until('the dead letter', () => lab.program.err().includes('dead letter'));
    expect(await lab.interrupt()).toBe(0);
    expect(lab.program.out()).toMatch(/^ready mqtt=\S+ ws=\S+ mqtts=\S+ mq=\S+\n$/);
    expect(lab.program.err()).not.toMatch(/[^\n\P{Cc}]/u);
  });
});

describe('causeway mq as a process', () => {
  let lab: LabProcess;
  beforeAll(async () => {
    lab = await startLabProcess();
    for (const body of ['one', 'two', 'three']) await lab.send('demo', { n: body }, body);
  });
  afterAll(() => lab.close());

  test.each(['SIGINT', 'SIGTERM'] as const)('mq tail ends with 0 at %s', async (signal) => {
    const tail = cli(['mq', 'tail', 'demo', '--from', 'earliest', '--mq', lab.mq]);
    await tail.until('three messages', () => tail.out().includes('three'));
    tail.signal(signal);
    expect(await tail.ended).toEqual({ code: 0, signal: null });
    expect(tail.err()).toBe('');
  });

  test('mq tail whose reader has gone (`| head -1`) ends quietly', async () => {
    const tail = cli(['mq', 'tail', 'demo', '--json', '--mq', lab.mq]);
    // It says nothing until a message comes: send until one does, then until it notices that nobody reads.
    await waitFor('the first message', async () => {
      await lab.send('demo', {}, 'x');
      return tail.lines().length > 0;
    });
    tail.stopReading();
    let over = false;
    void tail.ended.then(() => {
      over = true;
    });
    await waitFor('the end', async () => {
      if (!over) await lab.send('demo', {}, 'y');
      return over;
    });
    expect(await tail.ended).toEqual({ code: 0, signal: null });
    expect(tail.err()).toBe('');
  });

  test('mq send reads a body from stdin as it is, in pieces and without a final newline', async () => {
    const send = cli(['mq', 'send', 'demo', '--mq', lab.mq, '--key', 'k1', '--tag', 't1', '--json']);
    const pieces = [Buffer.from([0x00, 0xff]), Buffer.from('middle\n'), Buffer.from([0xc3])];
    for (const piece of pieces) send.write(piece);
    send.endInput();
    expect((await send.ended).code).toBe(0);
    const { partition, offset } = JSON.parse(send.out()) as { partition: number; offset: number };
    const tail = cli(['mq', 'tail', 'demo', '--json', '--from', 'earliest', '--mq', lab.mq]);
    const found = () =>
      tail
        .lines()
        .map(readTailLine)
        .find((m) => m.partition === partition && m.offset === offset);
    await tail.until('the message', () => found() !== undefined);
    expect(found()).toMatchObject({ key: 'k1', tag: 't1', body: Buffer.concat(pieces) });
  });

  test('with nothing at the port: 3, the address, and what to start', async () => {
    const gone = await startLabProcess();
    const { mq } = gone;
    await gone.close();
    for (const argv of [['topics'], ['tail', 'demo'], ['send', 'demo', '--body', 'x']]) {
      const { code, out, err } = await runCli(['mq', ...argv, '--mq', mq]);
      expect({ code, out }).toEqual({ code: 3, out: '' });
      expect(err).toContain(mq);
      expect(err).toContain('causeway gateway');
      expect(err).not.toContain('    at ');
    }
  });

  test('with something else at the port: 3, and no waiting for ever', async () => {
    const { code, err } = await runCli(['mq', 'topics', '--mq', `127.0.0.1:${lab.port('ws')}`]);
    expect(code).toBe(3);
    expect(err).toContain(String(lab.port('ws')));
  });
});
