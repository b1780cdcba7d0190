import { expect, it } from 'vitest';
import { PresenceTopics } from '../../../core/bridge/presenceTopics.ts';
import type { PresenceRecord } from '../../../core/gateway/presence.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { FakeEngine } from './fakes.ts';

it('a topic that could not be made is tried again with the next record', async () => {
  const engine = new FakeEngine([]);
  let tries = 0;
  const { createTopic } = engine;
  engine.createTopic = async (spec) => {
    tries += 1;
    if (tries === 1) throw new CausewayError('mq.connection-lost', { address: 'mq', reason: 'away' });
    await createTopic.call(engine, spec);
  };
  const presence = await PresenceTopics.open(engine, new Set());
  const record = { clientId: 'G@@@1', eventType: 'connect' } as PresenceRecord;
  for (let i = 1; i <= 3; i += 1) {
    presence.tell(record);
    await waitFor('the record', () => presence.stats().stored === i);
  }
  await presence.close();
  // Made by the second record; the third asks for nothing.
  expect(tries).toBe(2);
  expect([...engine.existing]).toEqual(['G_MQTT']);
});
