/** Numbers 32 and 33: retained messages. */
import type { CheckCase } from '../types.ts';

const NO_KEY = 'case 32: there is no property for retain; a message from MQ is an event, not a state';
const REPLAY = 'case 33: a replay is old news for devices that come late; services have had it';

export const RETAIN_CASES: readonly CheckCase[] = [
  {
    id: '32.up',
    number: 32,
    title: 'a retained PUBLISH comes into MQ once, like any other; later subscribers get it with retain=1',
    why: 'case 32: retaining is the gateway’s business with devices',
    covers: ['retain:up'],
    run: async (s) => {
      const present = await s.device('present', { subscribe: { [s.topic('/state')]: 1 } });
      const device = await s.device('A');
      await s.publish(device, s.topic('/state'), s.body('on'), { qos: 1, retain: true });
      await s.stores([s.asStored(device, '/state', 1, s.body('on'))], 'case 32: once, with the usual properties', device);
      const keys = Object.keys(s.stored[0]?.properties ?? {}).filter((key) => /retain/i.test(key));
      s.equal('properties about retain', '', keys.join(', '), 'case 32: there is no such property');
      const message = { topic: s.topic('/state'), qos: 1, body: s.body('on') };
      await s.arrives(present, [message], 'case 32: to those present it is a message like any other [MQTT-3.3.1-9]');
      const later = await s.device('later', { subscribe: { [s.topic('/state')]: 1 } });
      await s.arrives(later, [{ ...message, retain: true }], 'case 32: later subscribers are told that it is old [MQTT-3.3.1-8]');
    },
  },
  {
    id: '32.down',
    number: 32,
    title: 'a message from MQ arrives with retain=0 and is not kept for later subscribers, whatever its properties say',
    why: NO_KEY,
    covers: ['retain:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/state')]: 1 } });
      await s.send({ mqttSecondTopic: '/state' }, s.body('plain'));
      await s.send({ mqttSecondTopic: '/state', retain: 'true', mqttRetain: '1', retainflag: '1' }, s.body('asked'));
      const expected = ['plain', 'asked'].map((text) => ({ topic: s.topic('/state'), qos: 1, body: s.body(text) }));
      await s.arrives(device, expected, NO_KEY);
      const later = await s.device('later', { subscribe: { [s.topic('/state')]: 1, [s.topic('/#')]: 1 } });
      await s.arrives(later, [], 'case 32: nothing was retained');
    },
  },
  {
    id: '32.untouched',
    number: 32,
    title: 'a message from MQ, even an empty one, leaves the retained message of its topic alone',
    why: 'case 32: an empty retained PUBLISH deletes; a message from MQ is never a retained one',
    covers: ['retain:down'],
    run: async (s) => {
      const device = await s.device('A');
      await s.publish(device, s.topic('/state'), s.body('on'), { qos: 1, retain: true });
      await s.send({ mqttSecondTopic: '/state' }, Buffer.alloc(0));
      await s.send({ mqttSecondTopic: '/state' }, s.body('event'));
      await s.fence(device);
      const later = await s.device('later', { subscribe: { [s.topic('/state')]: 1 } });
      const expected = [{ topic: s.topic('/state'), qos: 1, body: s.body('on'), retain: true }];
      await s.arrives(later, expected, 'case 32: what the device has retained is still there');
    },
  },
  {
    id: '33.subscribers',
    number: 33,
    title: 'replays to new subscribers bring nothing into MQ',
    why: REPLAY,
    covers: ['retain:up', 'loop mark:up'],
    run: async (s) => {
      const device = await s.device('A');
      await s.publish(device, s.topic('/state'), s.body('on'), { qos: 1, retain: true });
      const replay = { topic: s.topic('/state'), qos: 1, body: s.body('on'), retain: true };
      for (const [name, filter] of Object.entries({ exact: s.topic('/state'), plus: s.topic('/+'), hash: s.topic('/#') })) {
        const later = await s.device(name, { subscribe: { [filter]: 1 } });
        await s.arrives(later, [replay], 'case 33: the replay itself');
        await s.fenceUp(later);
      }
      await s.stores([s.asStored(device, '/state', 1, s.body('on'))], REPLAY, device);
    },
  },
  {
    id: '33.restart',
    number: 33,
    title: 'a restart of the bridge does not bridge a retained message again, and what comes after it is bridged',
    why: 'case 33: a bridge that subscribed to everything would get all retained messages at each start',
    covers: ['retain:up', 'loop mark:up'],
    alone: true,
    run: async (s) => {
      const { restartBridge } = s.lab;
      if (restartBridge === undefined) return s.notApplicable('the bridge of this lab cannot be restarted from here');
      const device = await s.device('A');
      await s.publish(device, s.topic('/state'), s.body('on'), { qos: 1, retain: true });
      const before = s.asStored(device, '/state', 1, s.body('on'));
      await s.stores([before], 'case 33: bridged once', device);
      s.log.did('the bridge is restarted');
      await restartBridge();
      await s.fence(device);
      await s.publish(device, s.topic('/state'), s.body('off'), { qos: 1, retain: true });
      const after = s.asStored(device, '/state', 1, s.body('off'));
      await s.stores([before, after], 'case 33: only the new message has come', device);
    },
  },
];
