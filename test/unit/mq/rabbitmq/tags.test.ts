import { expect, test } from 'vitest';
import { Tags } from '../../../../core/mq/rabbitmq/tags.ts';

/** A broker's side of acknowledging: a tag it does not know is an error that would end the channel. */
class Broker {
  readonly #open: Set<number>;
  frames = 0;
  constructor(tags: number) {
    this.#open = new Set(Array.from({ length: tags }, (_, i) => i + 1));
  }
  readonly take = (tag: number, upTo: boolean): void => {
    this.frames += 1;
    if (!this.#open.has(tag)) throw new Error(`unknown delivery tag ${tag}`);
    for (const one of this.#open) if (one === tag || (upTo && one < tag)) this.#open.delete(one);
  };
  get left(): number[] {
    return [...this.#open];
  }
}

test('what is settled in order is acknowledged in one go', () => {
  const broker = new Broker(100);
  const tags = new Tags(broker.take);
  for (let tag = 1; tag <= 100; tag += 1) tags.settle(tag);
  tags.flush();
  expect(broker.left).toEqual([]);
  expect(broker.frames).toBe(1);
});

test('what is not settled is not acknowledged with what comes after it', () => {
  const broker = new Broker(6);
  const tags = new Tags(broker.take);
  for (const tag of [1, 2, 4, 6]) tags.settle(tag);
  tags.flush();
  expect(broker.left).toEqual([3, 5]);
  tags.settle(5);
  tags.flush();
  expect(broker.left).toEqual([3]);
  tags.settle(3);
  tags.flush();
  expect(broker.left).toEqual([]);
});

test('no tag is acknowledged twice, in whatever order messages are settled', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  for (let round = 0; round < 50; round += 1) {
    const order = Array.from({ length: 60 }, (_, i) => i + 1);
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = random(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const broker = new Broker(60);
    const tags = new Tags(broker.take);
    for (const [i, tag] of order.entries()) {
      tags.settle(tag);
      if (random(5) !== 0) continue;
      tags.flush();
      expect(broker.left.sort((a, b) => a - b)).toEqual(order.slice(i + 1).sort((a, b) => a - b));
    }
    tags.flush();
    expect(broker.left).toEqual([]);
  }
});
