/** Numbers 18 and 19: which characters and lengths topics may have. */
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';

const ALLOWED: readonly (readonly [name: string, second: string])[] = [
  ['latin', '/größe/ñ'],
  ['cjk', '/车辆/状态'],
  ['blank', '/ a b '],
  ['dots', '/./../a.b'],
  ['percent', '/%41%2F'],
  ['emoji', '/🚗/👨‍👩‍👧'],
  ['quotes', '/"a"\'b\'\\c'],
  ['combining', '/e\u0301'],
];

const CONTROL: readonly (readonly [name: string, character: string])[] = [
  ['nul', '\u0000'],
  ['bell', '\u0007'],
  ['newline', '\n'],
  ['delete', '\u007f'],
  ['c1', '\u0085'],
];

const CARRIED = 'case 18: a subtopic is text, and is carried character by character, neither normalised nor decoded';
const REFUSED = 'case 18: control characters can deceive whoever reads a log or a screen; both profiles refuse them';

/** A subtopic that makes the whole topic exactly so many characters long. */
const filled = (s: Stage, chars: number, character = 'x'): string => `/${character.repeat(chars - [...s.parent].length - 1)}`;

/** Up and down at the limit and one beyond it. */
async function lengths(s: Stage, limit: number, character = 'x'): Promise<void> {
  const because = `case 19: a whole topic may have ${limit} characters, and not one more`;
  const fits = filled(s, limit, character);
  const long = filled(s, limit + 1, character);
  const device = await s.device('A', { subscribe: { [s.topic('/#')]: 1 } });
  const properties = { mqttSecondTopic: long };
  await s.send({ mqttSecondTopic: fits }, s.body('fits'));
  await s.send(properties, s.body('too long'));
  await s.arrives(device, [{ topic: s.topic(fits), qos: 1, body: s.body('fits') }], because);
  await s.deadLetters([{ reason: 'topic-too-long', topic: s.parent, body: s.body('too long'), properties }], because);
  const sender = await s.device('sender');
  await s.publish(sender, s.topic(fits), s.body('fits, up'), { qos: 1 });
  await s.publish(sender, s.topic(long), s.body('too long, up'), { qos: 1 });
  await s.stores([s.asStored(sender, fits, 1, s.body('fits, up'))], because, sender);
}

export const NAME_CASES: readonly CheckCase[] = [
  ...ALLOWED.map(
    ([name, second]): CheckCase => ({
      id: `18.${name}`,
      number: 18,
      title: `${JSON.stringify(second)} is carried unchanged, up and down`,
      why: CARRIED,
      covers: ['topic:up', 'topic:down', 'mqttSecondTopic:up', 'mqttSecondTopic:down', 'mqttRealTopic:down'],
      run: async (s) => {
        const device = await s.device('A', { subscribe: { [s.topic(second)]: 1, [s.topic('/plain')]: 1 } });
        await s.send({ mqttSecondTopic: second }, s.body('down'));
        await s.send({ mqttSecondTopic: '/plain', mqttRealTopic: second }, s.body('shown'));
        const expected = ['down', 'shown'].map((text) => ({ topic: s.topic(second), qos: 1, body: s.body(text) }));
        await s.arrives(device, expected, CARRIED);
        const sender = await s.device('sender');
        await s.publish(sender, s.topic(second), s.body('up'), { qos: 1 });
        await s.stores([s.asStored(sender, second, 1, s.body('up'))], CARRIED, sender);
      },
    }),
  ),
  ...CONTROL.map(
    ([name, character]): CheckCase => ({
      id: `18.control-${name}`,
      number: 18,
      title: `U+${character.charCodeAt(0).toString(16).padStart(4, '0')} in a topic is refused, up and down`,
      why: REFUSED,
      covers: ['topic:up', 'topic:down', 'mqttSecondTopic:down', 'mqttRealTopic:down'],
      run: async (s) => {
        const bad = `/a${character}b`;
        const device = await s.device('A', { subscribe: { [s.topic('/#')]: 1 } });
        const second = { mqttSecondTopic: bad };
        const real = { mqttSecondTopic: '/a', mqttRealTopic: bad };
        await s.send(second, s.body('second'));
        await s.send(real, s.body('real'));
        await s.arrives(device, [], REFUSED);
        const letter = { topic: s.parent, value: bad };
        await s.deadLetters(
          [
            { ...letter, reason: 'second-topic-control-character', body: s.body('second'), properties: second },
            { ...letter, reason: 'real-topic-control-character', body: s.body('real'), properties: real },
          ],
          REFUSED,
        );
        // U+0000 is malformed and closes the connection [MQTT-1.5.3-2]: sent at QoS 0, which waits for no answer.
        const sender = await s.device('sender');
        await s.publish(sender, s.topic(bad), s.body('up'), { qos: 0 });
        if (character === '\u0000') {
          await s.until('the end of the connection', () => !sender.connected);
          await s.stores([], REFUSED, await s.device('witness'));
        } else await s.stores([], REFUSED, sender);
      },
    }),
  ),
  {
    id: '18.parent',
    number: 18,
    title: 'a parent topic with other characters than 0-9 A-Z a-z _ -: not in the strict profile, but in the lenient one',
    why: 'case 18: the vendor’s MQ allows no others in a topic name; plain MQTT does',
    covers: ['topic:up', 'topic:down'],
    run: async (s) => {
      const parent = 'straße 1';
      await s.inVariant({ topics: [parent] }, `parent topic ${JSON.stringify(parent)}`, async (v) => {
        const strict = v.lab.profile === 'strict';
        const because = strict ? 'case 18: refused in the strict profile' : 'case 18: allowed in the lenient profile';
        const device = await v.device('A', { subscribe: { '#': 1 }, fence: !strict });
        await v.send({ mqttSecondTopic: '/a' }, v.body('down'));
        const letter = { reason: 'topic-parent-invalid', topic: parent, body: v.body('down'), properties: {} };
        await v.deadLetters(strict ? [letter] : [], because);
        await v.publish(device, v.topic('/a'), v.body('up'), { qos: 1 });
        if (strict) {
          v.equal('messages at the subscriber', 0, device.arrivals.length, because);
          v.equal('messages of the device in MQ', 0, v.stored.length, because);
          return;
        }
        await v.stores([v.asStored(device, '/a', 1, v.body('up'))], because, device);
        const expected = ['down', 'up'].map((text) => ({ topic: v.topic('/a'), qos: 1, body: v.body(text) }));
        await v.arrives(device, expected, because);
      });
    },
  },
  {
    id: '19.limit',
    number: 19,
    title: 'a whole topic of the profile’s limit is carried, one character more is refused, up and down',
    why: 'case 19: cut topics would meet the wrong subscribers; so they are refused, not cut',
    covers: ['topic:up', 'topic:down', 'limits:up', 'limits:down'],
    run: async (s) => {
      const limit = s.lab.limits.topicChars;
      // 65,535 is what MQTT itself can carry: no client could send one more.
      if (limit >= 65_535) s.notApplicable(`the ${s.lab.profile} profile has no limit below that of MQTT itself`);
      await lengths(s, limit);
    },
  },
  {
    id: '19.code-points',
    number: 19,
    title: 'an emoji counts as one character',
    why: 'case 19: users count characters, not the units of some encoding',
    covers: ['topic:up', 'topic:down', 'limits:up', 'limits:down'],
    run: async (s) => {
      const limit = s.lab.limits.topicChars;
      if (limit >= 65_535) s.notApplicable(`the ${s.lab.profile} profile has no limit below that of MQTT itself`);
      await lengths(s, limit, '🚗');
    },
  },
  {
    id: '19.real-topic',
    number: 19,
    title: 'an mqttRealTopic that makes the topic shown too long is a dead letter',
    why: 'case 19: what is shown keeps to the limit as what is matched',
    covers: ['mqttRealTopic:down', 'limits:down'],
    run: async (s) => {
      const limit = s.lab.limits.topicChars;
      if (limit >= 65_535) s.notApplicable(`the ${s.lab.profile} profile has no limit below that of MQTT itself`);
      const because = 'case 19: the topic shown has a limit too';
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 1 } });
      const fits = { mqttSecondTopic: '/a', mqttRealTopic: filled(s, limit) };
      const long = { mqttSecondTopic: '/a', mqttRealTopic: filled(s, limit + 1) };
      await s.send(fits, s.body('fits'));
      await s.send(long, s.body('too long'));
      await s.arrives(device, [{ topic: s.topic(filled(s, limit)), qos: 1, body: s.body('fits') }], because);
      const fault = { reason: 'topic-too-long', property: 'mqttRealTopic' };
      await s.deadLetters([{ ...fault, topic: s.parent, body: s.body('too long'), properties: long }], because);
    },
  },
  {
    id: '19.configured',
    number: 19,
    title: 'with a limit of 128: 128 characters are carried, 129 are refused',
    why: 'case 19: the vendor’s pages name 64 and 128; the limit is a setting',
    covers: ['topic:up', 'topic:down', 'limits:up', 'limits:down'],
    run: (s) => s.inVariant({ limits: { topicChars: 128 } }, 'topics of 128 characters', (v) => lengths(v, 128)),
  },
  {
    id: '19.client-id',
    number: 19,
    title: 'a client ID of the profile’s limit may connect, one character more is refused with return code 2',
    why: 'case 19: the client ID is part of P2P topics',
    covers: ['clientId:up', 'limits:up'],
    run: async (s) => {
      const limit = s.lab.limits.clientIdChars;
      if (limit >= 65_535) s.notApplicable(`the ${s.lab.profile} profile has no limit below that of MQTT itself`);
      const id = s.clientId('').padEnd(limit, 'x');
      s.equal('return code at the limit', 0, await s.refusal('fits', { clientId: id }), 'case 19: allowed');
      s.equal('return code beyond it', 2, await s.refusal('long', { clientId: `${id}x` }), 'case 19: identifier rejected');
    },
  },
];
