import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MqConsumerSpec, MqDelivery, MqHandler } from '../../../../core/mq/engine.ts';
import { Inbox } from '../../../../core/mq/kafka/inbox.ts';

interface Answer {
  readonly delivery: MqDelivery;
  readonly done: () => void;
  readonly fail: (reason: string) => void;
}

describe('Kafka inbox', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const buried: { readonly offset: number; readonly reason: string }[] = [];
  const rig = (spec: Partial<MqConsumerSpec> = {}, handler?: MqHandler) => {
    buried.length = 0;
    const open: Answer[] = [];
    const inbox = new Inbox({
      spec: { group: 'g', topics: ['t'], mode: 'clustering', ordered: false, ...spec },
      handler:
        handler ??
        ((delivery) =>
          new Promise<void>((resolve, reject) => {
            open.push({ delivery, done: resolve, fail: (reason) => reject(new Error(reason)) });
          })),
      deadLetter: async ({ offset }, reason) => void buried.push({ offset, reason }),
      clock: () => Date.now() * 1000,
    });
    inbox.open('t', 0, 0);
    const take = (offset: number, more: Partial<MqDelivery> = {}): void =>
      inbox.take({
        topic: 't',
        partition: 0,
        offset,
        properties: {},
        body: new Uint8Array(0),
        storedAtMs: 0,
        deliveryCount: 1,
        ...more,
      });
    const feed = (count: number, key?: (i: number) => string): void => {
      for (let i = 0; i < count; i += 1) take(i, key === undefined ? {} : { key: key(i) });
      inbox.pump();
    };
    return { inbox, open, take, feed };
  };
  const offsets = (answers: readonly Answer[]): number[] => answers.map(({ delivery }) => delivery.offset);
  const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

  it('lets only the offset below which all is settled be committed', async () => {
    const { inbox, open, feed } = rig();
    feed(4);
    for (const i of [1, 2]) open[i]!.done();
    await turn();
    expect(inbox.progress()).toEqual([]);
    open[0]!.done();
    await turn();
    expect(inbox.progress()).toEqual([{ topic: 't', partition: 0, offset: 3 }]);
    inbox.committed(inbox.progress());
    expect(inbox.progress()).toEqual([]);
  });

  it('counts offsets that no message bears as settled, and none that is still open', async () => {
    const { inbox, open, take } = rig();
    take(0);
    take(5);
    inbox.pump();
    open[1]!.done();
    await turn();
    expect(inbox.progress()).toEqual([]);
    open[0]!.done();
    await turn();
    expect(inbox.progress()).toEqual([{ topic: 't', partition: 0, offset: 6 }]);
  });

  it('draining delivers what lies below the last message delivered, and nothing above', async () => {
    const { inbox, open, feed } = rig({ ordered: true, prefetch: 2 });
    // a: 0 and 1, b: 2 and 3. The handler has 0 and 2; 1 lies between them.
    feed(4, (i) => (i < 2 ? 'a' : 'b'));
    expect(offsets(open)).toEqual([0, 2]);
    let drained = false;
    void inbox.drain(Number.POSITIVE_INFINITY, 1000).then(() => {
      drained = true;
    });
    open[0]!.done();
    open[1]!.done();
    await turn();
    expect(offsets(open)).toEqual([0, 2, 1]);
    expect(drained).toBe(false);
    open[2]!.done();
    await turn();
    expect(drained).toBe(true);
    expect(inbox.progress()).toEqual([{ topic: 't', partition: 0, offset: 3 }]);
  });

  it('draining gives up waiting for retries, and for handlers at the limit', async () => {
    const { inbox, open, feed } = rig({ retryDelayMs: 100_000 });
    feed(2);
    open[0]!.fail('no');
    await turn();
    let drained = false;
    void inbox.drain(5_000, 1_000).then(() => {
      drained = true;
    });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(drained).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(drained).toBe(true);
    expect(inbox.progress()).toEqual([]);
  });

  it('an answer from before the partitions were given out anew settles nothing', async () => {
    const { inbox, open, feed } = rig();
    feed(1);
    inbox.reset();
    inbox.open('t', 0, 0);
    open[0]!.done();
    await turn();
    expect(inbox.progress()).toEqual([]);
    feed(1);
    expect(offsets(open)).toEqual([0, 0]);
  });

  it('an answer after the message expired is ignored: it is delivered again', async () => {
    const { inbox, open, feed } = rig({ visibilityMs: 50 });
    feed(1);
    await vi.advanceTimersByTimeAsync(50);
    expect(open.map(({ delivery }) => delivery.deliveryCount)).toEqual([1, 2]);
    open[0]!.done();
    await turn();
    expect(inbox.progress()).toEqual([]);
    open[1]!.done();
    await turn();
    expect(inbox.progress()).toHaveLength(1);
  });

  it('a retry is not held up by a deadline further away', async () => {
    const { open, feed } = rig({ visibilityMs: 60_000, retryDelayMs: 10 });
    feed(2);
    open[0]!.fail('no');
    await vi.advanceTimersByTimeAsync(10);
    expect(open.map(({ delivery }) => [delivery.offset, delivery.deliveryCount])).toEqual([
      [0, 1],
      [1, 1],
      [0, 2],
    ]);
  });

  it.for(['refused', 'expired'])('a message %s too often goes to the dead letters and is settled', async (how) => {
    const { inbox, open, feed } = rig({ maxDeliveries: 2, retryDelayMs: 1, visibilityMs: 50 });
    feed(1);
    for (let i = 0; i < 2; i += 1) {
      if (how === 'refused') open[i]!.fail('indigestible');
      await vi.advanceTimersByTimeAsync(50);
    }
    await turn();
    expect(open).toHaveLength(2);
    expect(buried).toEqual([{ offset: 0, reason: how === 'refused' ? 'indigestible' : 'not acknowledged within 50 ms' }]);
    expect(inbox.progress()).toEqual([{ topic: 't', partition: 0, offset: 1 }]);
  });

  it('asks for no more than it may hold, and says when there is room', async () => {
    const { inbox, open, take } = rig({ prefetch: 1 });
    let offset = 0;
    while (inbox.hasRoom) take(offset++);
    inbox.pump();
    expect(open).toHaveLength(1);
    let room = false;
    void inbox.roomWithin(60_000).then(() => {
      room = true;
    });
    await turn();
    expect(room).toBe(false);
    open[0]!.done();
    await turn();
    expect(room).toBe(true);
  });

  it('settles what the filter turns away', () => {
    const { inbox, open, take } = rig({ filter: { tags: ['A'] } });
    take(0, { tag: 'B' });
    inbox.pump();
    expect(open).toEqual([]);
    expect(inbox.progress()).toEqual([{ topic: 't', partition: 0, offset: 1 }]);
  });
});
