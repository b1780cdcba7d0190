import { afterEach, expect, test } from 'vitest';
import { OnlineState } from '../../../core/gateway/onlineState.ts';
import type { PresenceRecord } from '../../../core/gateway/presence.ts';
import { type GatewayRig, gatewayRig } from '../../helpers/gatewayRig.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let rig: GatewayRig;
afterEach(() => rig.close());

test('connect, disconnect and tcpclean share a channel ID of their own connection', async () => {
  const records: PresenceRecord[] = [];
  rig = await gatewayRig({ onPresence: (record) => records.push(record) });
  const polite = await rig.connect('G@@@a');
  await polite.close();
  await waitFor('the end of it', () => records.length === 3);
  const abrupt = await rig.connect('G@@@a');
  await abrupt.close(true);
  await waitFor('the end of the second', () => records.length === 5);
  expect(records.map((r) => r.eventType)).toEqual(['connect', 'disconnect', 'tcpclean', 'connect', 'tcpclean']);
  const [first, , , second] = records;
  expect(records.slice(0, 3).every((r) => r.channelId === first!.channelId)).toBe(true);
  expect(records[4]!.channelId).toBe(second!.channelId);
  expect(second!.channelId).not.toBe(first!.channelId);
  expect(records.every((r) => r.clientId === 'G@@@a' && r.clientIp === '127.0.0.1')).toBe(true);
});

test('a client taken over by itself stays online until its new connection ends', async () => {
  const state = new OnlineState();
  const records: PresenceRecord[] = [];
  rig = await gatewayRig({
    onPresence: (record) => {
      records.push(record);
      state.apply(record);
    },
  });
  await rig.connect('G@@@a');
  const second = await rig.connect('G@@@a');
  await waitFor('the end of the first', () => records.some((r) => r.eventType === 'tcpclean'));
  expect(state.online('G@@@a')).toBe(true);
  await second.close();
  await waitFor('offline', () => !state.online('G@@@a'));
});
