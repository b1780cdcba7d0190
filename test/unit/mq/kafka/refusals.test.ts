import type { Admin } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { deleteGroup } from '../../../../core/mq/kafka/deleteGroup.ts';
import { kafkaError } from '../../../../core/mq/kafka/errors.ts';
import { connectKafka } from '../../../../core/mq/kafka/kafkaMq.ts';

/** An error as the client library makes it of what a broker answers. */
const answer = (type: string): Error => Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type });
/** The library wraps errors in errors. */
const wrapped = (inner: Error): Error => Object.assign(new Error('gave up'), { cause: inner });
const place = { address: 'kafka:9093', user: 'lab' };

describe('what Kafka refuses', () => {
  it.each([
    ['an authority that is not trusted', new Error('Connection error: unable to verify the first certificate'), 'mq.untrusted'],
    [
      'a certificate of another host',
      new Error("Connection error: Hostname/IP does not match certificate's altnames"),
      'mq.untrusted',
    ],
    ['a mechanism that is not offered', answer('UNSUPPORTED_SASL_MECHANISM'), 'mq.refused'],
    ['nobody there', new Error('Connection error: connect ECONNREFUSED 127.0.0.1:9093'), 'mq.connection-lost'],
  ])('%s', (_, error, code) => {
    expect(kafkaError(wrapped(error), place)).toMatchObject({ code, details: { address: 'kafka:9093' } });
  });

  it('an IPv6 address, which its client library would cut in the wrong place', async () => {
    await expect(connectKafka({ brokers: ['[::1]:9092'] })).rejects.toMatchObject({
      code: 'input.argument',
      details: { value: '[::1]:9092' },
      hint: expect.stringContaining('IPv6'),
    });
  });
});

describe('a group whose members vanished without leaving', () => {
  const failing = (types: string[]): Pick<Admin, 'deleteGroups'> & { asked: number } => ({
    asked: 0,
    async deleteGroups() {
      this.asked += 1;
      const type = types.shift();
      if (type !== undefined) throw Object.assign(new Error(), { groups: [{ error: answer(type) }] });
      return [];
    },
  });

  it('is deleted when their session is over', async () => {
    const admin = failing(['NON_EMPTY_GROUP', 'NON_EMPTY_GROUP']);
    await deleteGroup({ admin: admin as unknown as Admin }, 'g');
    expect(admin.asked).toBe(3);
  });

  it('one that is not there is no error, one that may not be deleted is', async () => {
    await deleteGroup({ admin: failing(['GROUP_ID_NOT_FOUND']) as unknown as Admin }, 'g');
    const denied = failing(['GROUP_AUTHORIZATION_FAILED']) as unknown as Admin;
    await expect(deleteGroup({ admin: denied }, 'g')).rejects.toMatchObject({ type: 'GROUP_AUTHORIZATION_FAILED' });
  });
});
