import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedMq } from '../../../core/mq/embedded/embeddedMq.ts';
import type { EmbeddedMq, EmbeddedMqOptions } from '../../../core/mq/embedded/options.ts';
import type { MqDelivery, MqMessage } from '../../../core/mq/engine.ts';
import { compiled } from '../../helpers/compiled.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let folder: string;
let open: EmbeddedMq[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-segments-'));
});
afterEach(async () => {
  for (const mq of open) await mq.close();
  open = [];
  await rm(folder, { recursive: true, force: true });
});

const start = async (more: Partial<EmbeddedMqOptions> = {}): Promise<EmbeddedMq> => {
  const mq = await createEmbeddedMq({ storage: 'file', folder, fsync: 'never', ...more });
  open.push(mq);
  return mq;
};
/** The same bytes in each run: a check sum of another time might look like a record's marker. */
const STILL = { wallClock: () => 1_000_000 } as const;
const text = (delivery: MqMessage): string => Buffer.from(delivery.body).toString();
const fill = async (mq: EmbeddedMq, from: number, below: number): Promise<void> => {
  const producer = await mq.producer();
  const sends = [];
  for (let i = from; i < below; i += 1) {
    sends.push(
      producer.send({ topic: 't', key: `k${i % 7}`, tag: 'T', properties: { n: String(i) }, body: Buffer.from(`body ${i}`) }),
    );
  }
  await Promise.all(sends);
};
const bodies = (from: number, below: number): string[] => Array.from({ length: below - from }, (_, i) => `body ${from + i}`);
/** Everything retained, read by a group of its own until a last message sent for the purpose has come in each partition. */
const readAll = async (mq: EmbeddedMq, group = 'reader'): Promise<MqDelivery[]> => {
  const got: MqDelivery[] = [];
  const consumer = await mq.consume({ group, topics: ['t'], mode: 'clustering', ordered: true, from: 'earliest' }, (delivery) => {
    got.push(delivery);
  });
  await waitFor('nothing left', async () =>
    (await mq.groups()).filter((stats) => stats.group === group).every(({ lag }) => lag === 0),
  );
  await consumer.close();
  return got;
};
const segmentsOf = async (): Promise<string[]> => {
  const [topic] = await readdir(join(folder, 'topics'));
  const path = join(folder, 'topics', topic!);
  return (await readdir(path))
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((name) => join(path, name));
};
const flip = async (path: string, at: number): Promise<void> => {
  const bytes = await readFile(path);
  bytes[at]! ^= 0x10;
  await writeFile(path, bytes);
};

describe('segment files', () => {
  it('has after a restart what was stored, offsets going on, in every partition', async () => {
    const first = await start({ segmentBytes: 1024 });
    await first.createTopic({ name: 't', partitions: 3 });
    await fill(first, 0, 100);
    await first.close();
    const again = await start({ segmentBytes: 1024 });
    expect(again.repairs).toEqual([]);
    expect(await again.topics()).toMatchObject([{ name: 't', partitions: 3, retained: 100 }]);
    await fill(again, 100, 150);
    const got = await readAll(again);
    expect(got.map(text).sort()).toEqual(bodies(0, 150).sort());
    for (const partition of [0, 1, 2]) {
      const offsets = got.filter((delivery) => delivery.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual(offsets.map((_, i) => i));
    }
    for (const delivery of got) {
      expect(delivery).toMatchObject({ tag: 'T', properties: { n: text(delivery).slice(5) } });
    }
  });

  it('reads back messages that are no longer in memory', async () => {
    const mq = await start({ segmentBytes: 2000, cacheBytes: 1 });
    await mq.createTopic({ name: 't', partitions: 2 });
    await fill(mq, 0, 300);
    expect((await readAll(mq)).map(text).sort()).toEqual(bodies(0, 300).sort());
  });

  it('lets a group go on where it was, out of order ones included', async () => {
    const first = await start();
    await first.createTopic({ name: 't', partitions: 1 });
    let done = 0;
    const never = new Promise<void>(() => {});
    const spec = { group: 'g', topics: ['t'], mode: 'clustering', ordered: false, from: 'earliest', visibilityMs: 50 } as const;
    await first.consume(spec, (delivery) => {
      // Two are never finished, the others are.
      if (text(delivery) === 'body 3' || text(delivery) === 'body 7') return never;
      done += 1;
      return undefined;
    });
    await fill(first, 0, 10);
    await waitFor('eight', () => done === 8);
    await first.close();
    const again = await start();
    const got: string[] = [];
    await again.consume(spec, (delivery) => void got.push(text(delivery)));
    await waitFor('the two', () => got.length >= 2);
    await fill(again, 10, 11);
    await waitFor('a new one', () => got.includes('body 10'));
    expect(got.sort()).toEqual(['body 10', 'body 3', 'body 7']);
  });

  it('keeps a new group at its starting point over a restart', async () => {
    const first = await start();
    await first.createTopic({ name: 't', partitions: 1 });
    await fill(first, 0, 5);
    const spec = { group: 'g', topics: ['t'], mode: 'clustering', ordered: false, from: 'latest' } as const;
    await (await first.consume(spec, () => {})).close();
    await fill(first, 5, 8);
    await first.close();
    const again = await start();
    const got: string[] = [];
    await again.consume(spec, (delivery) => void got.push(text(delivery)));
    await waitFor('three', () => got.length >= 3);
    expect(got).toEqual(bodies(5, 8));
  });

  it('cuts off a torn tail at whatever byte the write stopped, and goes on', async () => {
    const first = await start(STILL);
    await first.createTopic({ name: 't', partitions: 1 });
    await fill(first, 0, 3);
    await first.close();
    const [path] = await segmentsOf();
    const whole = await readFile(path!);
    const last = whole.lastIndexOf(Buffer.from([0xca, 0x57]));
    for (let end = last + 1; end < whole.length; end += 1) {
      await writeFile(path!, whole.subarray(0, end));
      const mq = await start();
      expect(mq.repairs).toEqual([{ kind: 'truncated', path, at: last, bytes: end - last }]);
      expect((await mq.topics())[0]).toMatchObject({ retained: 2 });
      await mq.close();
    }
    const mq = await start();
    expect(mq.repairs).toEqual([]);
    await fill(mq, 3, 5);
    expect((await readAll(mq)).map(text)).toEqual(['body 0', 'body 1', 'body 3', 'body 4']);
  });

  it('cuts off what a crash of the machine leaves as zeros', async () => {
    const first = await start();
    await first.createTopic({ name: 't', partitions: 1 });
    await fill(first, 0, 3);
    await first.close();
    const [path] = await segmentsOf();
    await appendFile(path!, Buffer.alloc(5000));
    const mq = await start();
    expect(mq.repairs).toMatchObject([{ kind: 'truncated', bytes: 5000 }]);
    expect((await readAll(mq)).map(text)).toEqual(bodies(0, 3));
  });

  it('leaves out one record for a flipped byte anywhere in it, says so, and delivers all others', async () => {
    const first = await start(STILL);
    await first.createTopic({ name: 't', partitions: 1 });
    await fill(first, 0, 5);
    await first.close();
    const [path] = await segmentsOf();
    const whole = await readFile(path!);
    const marker = Buffer.from([0xca, 0x57]);
    const starts: number[] = [];
    for (let at = whole.indexOf(marker); at >= 0; at = whole.indexOf(marker, at + 1)) starts.push(at);
    expect(starts).toHaveLength(5);
    for (let at = starts[2]!; at < starts[3]!; at += 1) {
      await writeFile(path!, whole);
      await flip(path!, at);
      const mq = await start();
      expect(mq.repairs).toEqual([{ kind: 'skipped', path, at: starts[2], bytes: starts[3]! - starts[2]! }]);
      const got = await readAll(mq, `reader-${at}`);
      expect(got.map(text)).toEqual(['body 0', 'body 1', 'body 3', 'body 4']);
      expect(got.map(({ offset }) => offset)).toEqual([0, 1, 3, 4]);
      expect((await mq.groups()).find(({ group }) => group === `reader-${at}`)).toMatchObject({ skipped: 1, lag: 0 });
      await mq.close();
    }
  });

  it('goes on with the right offsets when a file header is damaged, and refuses a file that is none of its own', async () => {
    const first = await start({ segmentBytes: 200 });
    await first.createTopic({ name: 't', partitions: 1 });
    await fill(first, 0, 20);
    await first.close();
    const paths = await segmentsOf();
    expect(paths.length).toBeGreaterThan(3);
    await flip(paths[1]!, 12);
    const again = await start({ segmentBytes: 200 });
    expect(again.repairs).toMatchObject([{ kind: 'skipped', path: paths[1], at: 0 }]);
    expect((await readAll(again)).map(({ offset }) => offset)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    await again.close();
    await writeFile(paths[1]!, 'a letter to my aunt, long enough to be none of ours');
    await expect(start()).rejects.toMatchObject({ code: 'mq.folder-damaged', details: { path: paths[1] } });
  });

  it('takes the newest file away when a crash left it without a whole header', async () => {
    const first = await start({ segmentBytes: 200 });
    await first.createTopic({ name: 't', partitions: 1 });
    await fill(first, 0, 20);
    await first.close();
    const paths = await segmentsOf();
    const last = paths[paths.length - 1]!;
    await truncate(last, 5);
    const again = await start({ segmentBytes: 200 });
    expect(again.repairs).toEqual([{ kind: 'truncated', path: last, at: 0, bytes: 5 }]);
    await fill(again, 20, 25);
    const got = (await readAll(again)).map(text);
    expect(got.slice(-5)).toEqual(bodies(20, 25));
  });

  it('deletes whole files that retention has emptied, and never gives an offset twice', async () => {
    const retention = { messages: 20 };
    const first = await start({ segmentBytes: 400 });
    await first.createTopic({ name: 't', partitions: 2, retention });
    await fill(first, 0, 200);
    const before = (await first.topics())[0]!;
    expect(before.retained).toBe(20);
    await first.close();
    const kept = await segmentsOf();
    expect(kept.length).toBeLessThan(10);
    expect(kept[0]!.endsWith('0000000001.seg')).toBe(false);
    const again = await start({ segmentBytes: 400 });
    expect((await again.topics())[0]).toMatchObject({ retained: 20 });
    const got = (await readAll(again)).map(text);
    expect(got.sort()).toEqual(bodies(180, 200).sort());
    const producer = await again.producer();
    const receipts = await Promise.all([0, 1].map(() => producer.send({ topic: 't', properties: {}, body: Buffer.from('x') })));
    for (const { offset } of receipts) expect(offset).toBeGreaterThan(50);
  });

  it('refuses a folder it cannot write, and one that is in use', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(createEmbeddedMq({ storage: 'file', folder: join(file, 'x') })).rejects.toMatchObject({
      code: 'folder.unwritable',
    });
    await expect(createEmbeddedMq({ storage: 'file' })).rejects.toMatchObject({ code: 'input.argument' });
    const mq = await start();
    await expect(start()).rejects.toMatchObject({ code: 'folder.unwritable' });
    await mq.close();
    await start();
  });

  it('rejects sends once files can no longer be written, instead of acknowledging them', async () => {
    const mq = await start({ segmentBytes: 300 });
    await mq.createTopic({ name: 't', partitions: 1 });
    await fill(mq, 0, 2);
    await rm(join(folder, 'topics'), { recursive: true });
    const producer = await mq.producer();
    const send = (): Promise<unknown> => producer.send({ topic: 't', properties: {}, body: Buffer.alloc(400) });
    let failed: unknown;
    // The file being written still exists without a name; the next one cannot be made.
    for (let i = 0; i < 3; i += 1) await send().catch((error: unknown) => (failed = error));
    expect(failed).toMatchObject({ code: 'folder.unwritable' });
    await expect(send()).rejects.toMatchObject({ code: 'folder.unwritable' });
    open = [];
    await mq.close().catch(() => undefined);
  });

  for (const fsync of ['interval', 'always'] as const) {
    it(`closes after writing has failed (fsync ${fsync})`, async () => {
      const mq = await start({ segmentBytes: 300, fsync, fsyncIntervalMs: 20 });
      await mq.createTopic({ name: 't', partitions: 1 });
      await fill(mq, 0, 2);
      await rm(join(folder, 'topics'), { recursive: true });
      const producer = await mq.producer();
      let failures = 0;
      for (let i = 0; i < 4; i += 1) {
        await producer.send({ topic: 't', properties: {}, body: Buffer.alloc(400) }).catch(() => {
          failures += 1;
        });
      }
      expect(failures).toBeGreaterThan(0);
      open = [];
      // What was written and not yet fsynced is given up: waiting for it, close would never return.
      await mq.close().catch(() => undefined);
    });
  }

  it('loses nothing acknowledged when the process is killed in the middle of writing (fsync always)', async () => {
    const module = await compiled('core/mq/embedded/embeddedMq.ts', join(folder, 'compiled'));
    const data = join(folder, 'data');
    const script = join(folder, 'compiled', 'writer.js');
    await writeFile(
      script,
      `import { writeSync } from 'node:fs';
       import { createEmbeddedMq } from ${JSON.stringify(module)};
       const mq = await createEmbeddedMq({ storage: 'file', folder: process.argv[2], fsync: 'always', segmentBytes: 20000 });
       await mq.createTopic({ name: 't', partitions: 3 });
       const producer = await mq.producer();
       let n = 0;
       const one = async () => {
         for (;;) {
           const mine = n++;
           await producer.send({ topic: 't', key: 'k' + (mine % 50), properties: {}, body: Buffer.from('body ' + mine) });
           writeSync(1, mine + '\\n');
         }
       };
       for (let i = 0; i < 40; i += 1) void one();`,
    );
    for (let round = 0; round < 2; round += 1) {
      const child = spawn(process.execPath, [script, data], { stdio: ['ignore', 'pipe', 'inherit'] });
      let printed = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk;
      });
      const gone = new Promise((resolve) => child.once('close', resolve));
      await waitFor('many acknowledgements', () => printed.length > 8000, 40_000);
      child.kill('SIGKILL');
      await gone;
      const acknowledged = printed.split('\n').slice(0, -1);
      const mq = await start({ folder: data });
      const stored = new Set((await readAll(mq, `reader-${round}`)).map(text));
      const lost = acknowledged.filter((n) => !stored.has(`body ${n}`));
      expect(lost).toEqual([]);
      await mq.close();
    }
  });
});
