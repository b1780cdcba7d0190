/** Number 42: subscriptions per client, and what is kept for those who are away. */
import type { QoS } from '../../gateway/types.ts';
import type { CheckCase } from '../types.ts';

const SUBSCRIPTIONS = 'case 42: filters cost the gateway memory and time for every message';
const KEPT = 'case 42: QoS 1 and a persistent session keep a message; everything else does not';
const NEWEST = 'case 42: the newest say more than the oldest, and a device that is never back must not fill the memory';

/** Where a profile has no limit, so many must be possible all the same. */
const MANY = 60;

export const LIMIT_CASES: readonly CheckCase[] = [
  {
    id: '42.subscriptions',
    number: 42,
    title: 'strict: 30 subscriptions are granted, the 31st is refused with 128; renewing one is always possible',
    why: SUBSCRIPTIONS,
    covers: ['limits:down'],
    alone: true,
    run: async (s) => {
      const limit = s.lab.limits.subscriptionsPerClient;
      const limited = Number.isFinite(limit);
      const before = s.counters();
      const device = await s.device('A', { fence: false });
      const count = limited ? limit : MANY;
      for (let i = 1; i <= count; i += 1) {
        s.equal(`code of subscription ${i}`, 1, await s.subscribe(device, s.topic(`/${i}`), 1), SUBSCRIPTIONS);
      }
      const because = limited ? `case 42: at most ${limit}` : 'case 42: no limit in this profile';
      s.equal(`code of subscription ${count + 1}`, limited ? 128 : 1, await s.subscribe(device, s.topic('/more'), 1), because);
      s.equal('code of the first again, at another QoS', 0, await s.subscribe(device, s.topic('/1'), 0), 'case 42: no new one');
      const read = (c: typeof before): number => c.gateway.refused['too-many-subscriptions'] ?? 0;
      await s.counts('refused too-many-subscriptions', read, before, limited ? 1 : 0, because);
      await s.send({ mqttSecondTopic: '/more' }, s.body('refused'));
      await s.send({ mqttSecondTopic: `/${count}` }, s.body('granted'));
      const granted = { topic: s.topic(`/${count}`), qos: 1, body: s.body('granted') };
      const more = { topic: s.topic('/more'), qos: 1, body: s.body('refused') };
      await s.arrives(device, limited ? [granted] : [more, granted], because);
    },
  },
  {
    id: '42.qos2-persistent',
    number: 42,
    title: 'a persistent session subscribing at QoS 2: refused in the strict profile, granted in the lenient one',
    why: 'case 42: the vendor does not support QoS 2 with clean session off; plain MQTT does',
    covers: ['limits:down', 'qoslevel:down'],
    run: async (s) => {
      const strict = s.lab.profile === 'strict';
      const persistent = await s.device('A', { clean: false });
      const clean = await s.device('B', { clean: true });
      const because = 'case 42: per profile';
      const granted = await s.subscribe(persistent, s.topic('/a'), 2);
      s.equal('code for a persistent session', strict ? 128 : 2, granted, because);
      s.equal('code for a clean session', 2, await s.subscribe(clean, s.topic('/a'), 2), 'case 42: QoS 2 while online');
    },
  },
  {
    id: '42.offline',
    number: 42,
    title: 'while a subscriber is away: QoS 0 and clean sessions lose, QoS 1 with a persistent session keeps',
    why: KEPT,
    covers: ['offline messages:down'],
    run: async (s) => {
      const top: QoS = s.lab.profile === 'strict' ? 1 : 2;
      const subscribe = { [s.topic('/a')]: top };
      await s.leave(await s.device('kept', { clean: false, subscribe }));
      await s.leave(await s.device('low', { clean: false, subscribe: { [s.topic('/a')]: 0 } }));
      await s.leave(await s.device('clean', { clean: true, subscribe }));
      const online = await s.device('online', { subscribe: { [s.topic('/a')]: 2 } });
      for (const qos of [0, 1, 2]) await s.send({ mqttSecondTopic: '/a', qoslevel: String(qos) }, s.body(`level ${qos}`));
      const all = [0, 1, 2].map((qos) => ({ topic: s.topic('/a'), qos, body: s.body(`level ${qos}`) }));
      await s.arrives(online, all, 'case 42: who is online gets everything');
      const kept = all.slice(1).map((message) => ({ ...message, qos: Math.min(message.qos, top) }));
      await s.arrives(await s.device('kept', { clean: false }), kept, KEPT);
      await s.arrives(await s.device('low', { clean: false }), [], KEPT);
      await s.arrives(await s.device('clean', { clean: false }), [], KEPT);
    },
  },
  {
    id: '42.offline-count',
    number: 42,
    title: 'more offline messages than are kept: the oldest go, counted',
    why: NEWEST,
    covers: ['limits:down', 'offline messages:down'],
    alone: true,
    run: async (s) => {
      const limit = s.lab.limits.offlineMessages;
      if (limit > 1_000) s.notApplicable(`this lab keeps ${limit} messages for each session; the case sends at most 1,000`);
      const device = await s.device('A', { clean: false, fence: false, subscribe: { [s.topic('/a')]: 1 } });
      await s.leave(device);
      const before = s.counters();
      const bodies = Array.from({ length: limit + 5 }, (_, i) => s.body(`number ${i}`));
      for (const body of bodies) await s.send({ mqttSecondTopic: '/a' }, body);
      await s.fence(await s.device('witness'));
      await s.counts('offline messages dropped', (c) => c.gateway.offlineDropped, before, 5, NEWEST);
      const back = await s.device('A', { clean: false });
      await s.arrives(
        back,
        bodies.slice(5).map((body) => ({ topic: s.topic('/a'), qos: 1, body })),
        NEWEST,
      );
    },
  },
  {
    id: '42.offline-age',
    number: 42,
    title: 'offline messages are kept three days and no longer',
    why: 'case 42: a command of last week may do harm',
    covers: ['limits:down', 'offline messages:down'],
    alone: true,
    run: async (s) => {
      const { passTime, limits } = s.lab;
      if (passTime === undefined)
        return s.notApplicable('the clock of this gateway cannot be moved, and days cannot be waited for');
      const because = `case 42: kept for ${limits.offlineMs / 3_600_000} hours`;
      for (const [name, ms, kept] of [
        ['just before', limits.offlineMs - 60_000, true],
        ['just after', limits.offlineMs + 1_000, false],
      ] as const) {
        await s.leave(await s.device(name.replace(' ', '-'), { clean: false, fence: false, subscribe: { [s.topic('/a')]: 1 } }));
        await s.send({ mqttSecondTopic: '/a' }, s.body(name));
        await s.fence(await s.device(`witness-${ms}`));
        s.log.did(`the gateway’s clock is moved ahead by ${ms} ms`);
        passTime(ms);
        const back = await s.device(name.replace(' ', '-'), { clean: false });
        await s.arrives(back, kept ? [{ topic: s.topic('/a'), qos: 1, body: s.body(name) }] : [], because);
        // Gone before the next round, or it would be a subscriber in it.
        await s.leave(back);
        await s.leave(await s.device(name.replace(' ', '-'), { clean: true, fence: false }));
      }
    },
  },
];
