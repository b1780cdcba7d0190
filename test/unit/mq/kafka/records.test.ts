import { describe, expect, it } from 'vitest';
import { kafkaError } from '../../../../core/mq/kafka/errors.ts';
import { connectKafka } from '../../../../core/mq/kafka/kafkaMq.ts';
import { readSizes } from '../../../../core/mq/kafka/logDirs.ts';
import { TAG_HEADER, toDelivery, toHeaders } from '../../../../core/mq/kafka/records.ts';

const record = (headers: Record<string, Buffer | Buffer[]>, value: Buffer | null = Buffer.from('x')) => ({
  key: null,
  value,
  headers,
  offset: '7',
  timestamp: '1700000000000',
  attributes: 0,
});

describe('Kafka records', () => {
  it('carry the tag as a header that is no property', () => {
    const headers = toHeaders({ topic: 't', tag: 'T', properties: { a: '1' }, body: Buffer.alloc(0) });
    expect(headers).toEqual({ a: '1', [TAG_HEADER]: 'T' });
    const back = toDelivery('t', 2, record({ a: Buffer.from('1'), [TAG_HEADER]: Buffer.from('T') }));
    expect(back).toMatchObject({ topic: 't', partition: 2, offset: 7, storedAtMs: 1_700_000_000_000, tag: 'T' });
    expect(back.properties).toEqual({ a: '1' });
    expect('key' in back).toBe(false);
  });

  it('refuse a property that would come out as the tag', () => {
    const message = { topic: 't', properties: { [TAG_HEADER]: 'x' }, body: Buffer.alloc(0) };
    expect(() => toHeaders(message)).toThrow(expect.objectContaining({ code: 'input.argument' }));
  });

  it('take what others write: a header twice, a record without value', () => {
    const back = toDelivery('t', 0, record({ a: [Buffer.from('1'), Buffer.from('2')] }, null));
    expect(back.properties).toEqual({ a: '2' });
    expect(back.body).toHaveLength(0);
  });
});

describe('bytes on the brokers', () => {
  it('are of each partition the largest replica', () => {
    const int16 = (n: number): number[] => [n >> 8, n & 255];
    const int32 = (n: number): number[] => [0, 0, ...int16(n)];
    const int64 = (n: number): number[] => [0, 0, 0, 0, ...int32(n)];
    const text = (s: string): number[] => [...int16(s.length), ...Buffer.from(s)];
    const partition = (id: number, size: number): number[] => [...int32(id), ...int64(size), ...int64(0), 0];
    const folder = (...partitions: number[][]): number[] => [
      ...int16(0),
      ...text('/data'),
      ...int32(1),
      ...text('t'),
      ...int32(partitions.length),
      ...partitions.flat(),
    ];
    const sizes = new Map<string, Map<number, number>>();
    readSizes(
      Buffer.from([...int32(0), ...int32(2), ...folder(partition(0, 10), partition(1, 20)), ...folder(partition(1, 15))]),
      sizes,
    );
    expect(sizes).toEqual(
      new Map([
        [
          't',
          new Map([
            [0, 10],
            [1, 20],
          ]),
        ],
      ]),
    );
  });
});

describe('Kafka errors', () => {
  const place = { address: 'h:1', user: 'u' };
  const nested = (inner: object): Error => new Error('outer', { cause: Object.assign(new Error('inner'), inner) });
  it.for([
    [{ name: 'KafkaJSSASLAuthenticationError' }, 'mq.refused'],
    [{ type: 'UNKNOWN_TOPIC_OR_PARTITION' }, 'mq.topic-unknown'],
    [{ type: 'GROUP_AUTHORIZATION_FAILED' }, 'mq.denied'],
    [{ name: 'KafkaJSServerDoesNotSupportApiKey' }, 'mq.version'],
    [{ type: 'MESSAGE_TOO_LARGE' }, 'input.argument'],
    [{ name: 'KafkaJSConnectionError' }, 'mq.connection-lost'],
  ] as const)('%o is %s, however deep', ([inner, code]) => {
    expect(kafkaError(nested(inner), place).code).toBe(code);
  });

  it('looks into what creating topics collects', () => {
    const errors = [Object.assign(new Error('no'), { type: 'TOPIC_AUTHORIZATION_FAILED' })];
    expect(kafkaError(Object.assign(new Error('topics'), { errors }), place).code).toBe('mq.denied');
  });

  it.for([[], ['nohost'], ['h:0'], ['h:70000'], ['http://h:1']])(
    'brokers %o are refused before any connection',
    async (brokers) => {
      await expect(connectKafka({ brokers })).rejects.toMatchObject({ code: 'input.argument' });
    },
  );
});
