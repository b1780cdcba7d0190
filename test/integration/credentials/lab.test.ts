import { afterEach, expect, test } from 'vitest';
import { CredentialBook } from '../../../core/credentials/book.ts';
import { Issuer } from '../../../core/credentials/issuer.ts';
import { userName } from '../../../core/credentials/login.ts';
import { signClientId } from '../../../core/credentials/signature.ts';
import { OnlineState } from '../../../core/gateway/onlineState.ts';
import type { PresenceRecord } from '../../../core/gateway/presence.ts';
import { connectEmbeddedMq } from '../../../core/mq/embedded/client.ts';
import { type Lab, startLab } from '../../../core/run/lab.ts';
import { connectMqtt } from '../../helpers/mqttClient.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let lab: Lab;
afterEach(() => lab.close(0));

const base = {
  profile: 'strict',
  topics: [{ name: 'up', direction: 'up', partitions: 1 }],
  listeners: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
  storage: 'memory',
  fsync: 'never',
} as const;
const port = (): number => lab.gateway.addresses[0]!.port;

test('presence records come out of MQ topic {GroupID}_MQTT in order, and tell who is online', async () => {
  lab = await startLab({ ...base, events: true });
  const first = await connectMqtt(port(), { clientId: 'GID_a@@@1' });
  await waitFor('the first record', () => lab.presence!.stats().stored === 1);
  const records: PresenceRecord[] = [];
  const state = new OnlineState();
  await lab.engine.consume(
    { group: 'g', topics: ['GID_a_MQTT'], mode: 'clustering', ordered: true, from: 'earliest' },
    (delivery) => {
      const record = JSON.parse(Buffer.from(delivery.body).toString()) as PresenceRecord;
      expect(delivery.tag).toBe(record.eventType);
      records.push(record);
      state.apply(record);
    },
  );
  await waitFor('online', () => state.online('GID_a@@@1'));
  await first.close();
  await waitFor('offline', () => !state.online('GID_a@@@1'));
  expect(records.map((r) => r.eventType)).toEqual(['connect', 'disconnect', 'tcpclean']);
  expect(Object.keys(records[0]!).sort()).toEqual(['channelId', 'clientId', 'clientIp', 'eventType', 'time']);
});

test('a client ID without a group makes no topic, and neither does one that names a topic of messages', async () => {
  lab = await startLab({ ...base, topics: [...base.topics, { name: 'x_MQTT', direction: 'up', partitions: 1 }], events: true });
  const clients = await Promise.all(['plain', '@@@1', 'a b@@@1', 'x@@@1'].map((clientId) => connectMqtt(port(), { clientId })));
  await Promise.all(clients.map((client) => client.close()));
  await waitFor('all are gone', () => lab.presence!.stats().ignored === 12);
  expect((await lab.engine.topics()).map((topic) => topic.name).sort()).toEqual(['up', 'x_MQTT']);
  expect(lab.presence!.stats()).toMatchObject({ stored: 0, failed: 0 });
});

test('with credentials both the gateway and the MQ port ask for them', async () => {
  const book = new CredentialBook();
  const { accessKeyId, secretKey } = new Issuer(book).addAccount({ instances: ['one'] });
  lab = await startLab({ ...base, credentials: { book }, mqListen: { host: '127.0.0.1', port: 0 } });
  await expect(connectMqtt(port(), { clientId: 'G@@@1' })).rejects.toMatchObject({ code: 4 });
  const username = userName('signature', accessKeyId, 'one');
  const device = await connectMqtt(port(), { clientId: 'G@@@1', username, password: signClientId(secretKey, 'G@@@1') });
  await expect(connectEmbeddedMq(lab.mqAddress!)).rejects.toMatchObject({ code: 'mq.refused' });
  const engine = await connectEmbeddedMq({ ...lab.mqAddress!, credentials: { accessKeyId, secretKey } });
  const bodies: string[] = [];
  await engine.consume({ group: 'g', topics: ['up'], mode: 'clustering', ordered: false }, (delivery) => {
    bodies.push(Buffer.from(delivery.body).toString());
  });
  await device.client.publishAsync('up/a', 'hello', { qos: 1 });
  await waitFor('the message', () => bodies.length === 1);
  await device.close();
  await engine.close();
});
