import { describe, expect, test } from 'vitest';
import { EchoBook } from '../../../core/external/echoBook.ts';
import { Incoming } from '../../../core/external/incoming.ts';

const body = (text: string): Buffer => Buffer.from(text);

function rig() {
  const acks: string[] = [];
  return { acks, incoming: new Incoming((qos, id) => acks.push(`${qos}/${id}`)) };
}

describe('what the bridge owes the broker', () => {
  test('is acknowledged in the order in which it came, whatever is stored first', () => {
    const { acks, incoming } = rig();
    const [a, b, c] = [1, 2, 3].map((id) => incoming.take(1, id, false, 't', body(String(id)))!);
    incoming.settled(b!);
    incoming.settled(c!);
    expect(acks).toEqual([]);
    incoming.settled(a!);
    expect(acks).toEqual(['1/1', '1/2', '1/3']);
  });

  test('sent again after a lost connection, it is acknowledged there and not taken on twice', () => {
    const { acks, incoming } = rig();
    const stored = incoming.take(1, 1, false, 't', body('a'))!;
    const onItsWay = incoming.take(2, 2, false, 't', body('b'))!;
    incoming.disconnected();
    incoming.settled(stored);
    expect(acks).toEqual([]);
    expect(incoming.take(1, 1, true, 't', body('a'))).toBeUndefined();
    expect(incoming.take(2, 2, true, 't', body('b'))).toBeUndefined();
    expect(acks).toEqual(['1/1']);
    incoming.settled(onItsWay);
    expect(acks).toEqual(['1/1', '2/2']);
  });

  test('another message under an old identifier is another message, and waits for its own storing', () => {
    const { acks, incoming } = rig();
    const old = incoming.take(1, 1, false, 't', body('a'))!;
    incoming.disconnected();
    const other = incoming.take(1, 1, true, 't', body('b'))!;
    expect(other).toBeDefined();
    incoming.settled(old);
    expect(acks).toEqual([]);
    incoming.settled(other);
    expect(acks).toEqual(['1/1']);
  });

  test('one that could not be stored is new when it comes again', () => {
    const { incoming } = rig();
    incoming.failed(incoming.take(1, 1, false, 't', body('a'))!);
    incoming.disconnected();
    expect(incoming.take(1, 1, true, 't', body('a'))).toBeDefined();
  });

  test('QoS 2 counts once until it is released, and after that the identifier is free', () => {
    const { acks, incoming } = rig();
    incoming.settled(incoming.take(2, 7, false, 't', body('a'))!);
    expect(incoming.take(2, 7, true, 't', body('a'))).toBeUndefined();
    expect(acks).toEqual(['2/7', '2/7']);
    incoming.released(7);
    expect(incoming.take(2, 7, false, 't', body('a'))).toBeDefined();
  });
});

describe('the bridge hears its own messages where nothing marks them', () => {
  test('as often as it has sent them, and no message of a device', () => {
    const book = new EchoBook();
    book.published('t', body('x'));
    book.published('t', body('x'));
    expect(book.heard('t', body('y'))).toBe(false);
    expect(book.heard('u', body('x'))).toBe(false);
    expect([1, 2, 3].map(() => book.heard('t', body('x')))).toEqual([true, true, false]);
  });

  test('twice when it was published again, should the broker have had both, and for a minute only', () => {
    let nowMs = 0;
    const book = new EchoBook(() => nowMs);
    book.published('t', body('x'));
    book.publishedAgain('t', body('x'));
    expect([1, 2, 3].map(() => book.heard('t', body('x')))).toEqual([true, true, false]);
    book.published('t', body('x'));
    book.publishedAgain('t', body('x'));
    expect(book.heard('t', body('x'))).toBe(true);
    nowMs = 60_000;
    // The broker had only one of the two: what comes later is a device's.
    expect(book.heard('t', body('x'))).toBe(false);
  });
});
