/** Mutations of the mapping: each row of the property table wrong in one way, down and up. */
import { joinTopic } from '../../../core/mapping/topics.ts';
import { downMessage, downProperties, downResult, type Mutation, upMessage, upProperties, without } from './mutation.ts';

const isP2p = (second: string | undefined): boolean => second !== undefined && /^\/?p2p\/[^/]+$/.test(second);
const topicOf = (parent: string, second: string | undefined): string =>
  second === undefined ? parent : joinTopic(parent, second);

export const DOWN_MUTATIONS: readonly Mutation[] = [
  {
    name: 'default of qoslevel is 0',
    notice: [1, 5, 8, 9, 12, 13, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 31, 32, 34, 35, 40, 42],
    options: downProperties((p) => ({ qoslevel: '0', ...p })),
  },
  {
    name: 'default of qoslevel is 2',
    notice: [1, 5, 8, 9, 12, 13, 22, 23, 24, 25, 28, 31, 35],
    options: downProperties((p) => ({ qoslevel: '2', ...p })),
  },
  {
    name: 'valid qoslevel is ignored',
    notice: [2, 3, 4, 5, 10, 12, 38, 42],
    options: downProperties((p) => (/^[012]$/.test(p.qoslevel ?? '') ? without(p, 'qoslevel') : p)),
  },
  {
    name: 'invalid qoslevel becomes the default',
    notice: [3],
    options: downProperties((p) => (/^[012]$/.test(p.qoslevel ?? '1') ? p : without(p, 'qoslevel'))),
  },
  {
    name: 'qoslevel is read as a number ("1.0", " 1" and "01" pass)',
    notice: [3],
    options: downProperties((p) =>
      p.qoslevel !== undefined && p.qoslevel.trim() !== '' && [0, 1, 2].includes(Number(p.qoslevel))
        ? { ...p, qoslevel: String(Number(p.qoslevel)) }
        : p,
    ),
  },
  {
    name: 'qosLevel counts as qoslevel',
    notice: [5],
    options: downProperties((p) => (p.qosLevel === undefined ? p : { ...without(p, 'qosLevel'), qoslevel: p.qosLevel })),
  },
  {
    name: 'warnings are not counted',
    notice: [5, 12, 28],
    options: downResult((result) => (result.kind === 'deliver' ? { ...result, warnings: [] } : result)),
  },
  {
    name: 'default of cleansessionflag is false',
    notice: [2, 8],
    options: downProperties((p) => (isP2p(p.mqttSecondTopic) ? { cleansessionflag: 'false', ...p } : p)),
  },
  {
    name: 'valid cleansessionflag is ignored',
    notice: [9, 10],
    options: downProperties((p) =>
      isP2p(p.mqttSecondTopic) && /^(true|false)$/.test(p.cleansessionflag ?? '') ? without(p, 'cleansessionflag') : p,
    ),
  },
  {
    name: 'cleansessionflag is read in any case',
    notice: [13],
    options: downProperties((p) =>
      p.cleansessionflag === undefined ? p : { ...p, cleansessionflag: p.cleansessionflag.toLowerCase() },
    ),
  },
  {
    name: 'invalid cleansessionflag becomes the default',
    notice: [13],
    options: downProperties((p) => (/^(true|false)$/.test(p.cleansessionflag ?? 'true') ? p : without(p, 'cleansessionflag'))),
  },
  {
    name: 'cleansessionflag on a topic message is a dead letter',
    notice: [12, 35],
    options: downResult((result, { properties }) =>
      properties.cleansessionflag === undefined || isP2p(properties.mqttSecondTopic)
        ? result
        : { kind: 'dead-letter', reason: 'cleansessionflag-invalid', property: 'cleansessionflag', value: '' },
    ),
  },
  {
    name: 'cleansessionflag=true on a topic message makes it QoS 0, so that nothing is kept',
    notice: [12, 35],
    options: downMessage((message, { properties }) =>
      message.kind === 'topic' && properties.cleansessionflag === 'true' ? { ...message, qos: 0 } : message,
    ),
  },
  {
    name: 'QoS 2 to be kept passes as QoS 1 in the strict profile',
    notice: [10],
    options: downProperties((p) => (p.qoslevel === '2' && p.cleansessionflag === 'false' ? { ...p, qoslevel: '1' } : p)),
  },
  {
    name: 'without mqttSecondTopic a slash is added to the parent',
    notice: [15, 26],
    options: downProperties((p) => ({ mqttSecondTopic: '/', ...p })),
  },
  {
    name: 'mqttSecondTopic without slash is glued to the parent',
    notice: [16, 25],
    options: downMessage((message, { topic, properties }) => {
      const second = properties.mqttSecondTopic;
      if (second === undefined || second.startsWith('/')) return message;
      const { qos, payload } = message;
      return { kind: 'topic', topic: topic + second, shownTopic: topic + second, qos, payload };
    }),
  },
  {
    name: 'empty levels are merged',
    notice: [16],
    options: downMessage((message) =>
      message.kind === 'topic'
        ? { ...message, topic: message.topic.replace(/\/+/g, '/'), shownTopic: message.shownTopic.replace(/\/+/g, '/') }
        : message,
    ),
  },
  {
    name: 'only three levels are carried down',
    notice: [16, 21, 24],
    options: downProperties((p) =>
      p.mqttSecondTopic === undefined
        ? p
        : {
            ...p,
            mqttSecondTopic:
              p.mqttSecondTopic
                .split('/')
                .slice(0, p.mqttSecondTopic.startsWith('/') ? 3 : 2)
                .join('/') || '/',
          },
    ),
  },
  {
    name: 'an empty mqttSecondTopic counts as absent',
    notice: [16],
    options: downProperties((p) => (p.mqttSecondTopic === '' ? without(p, 'mqttSecondTopic') : p)),
  },
  {
    name: 'topics are brought into Unicode normal form',
    notice: [18],
    options: downMessage((message) => ({ ...message, shownTopic: message.shownTopic.normalize('NFC') })),
  },
  {
    name: 'mqttRealTopic is ignored',
    notice: [9, 18, 19, 20, 21, 22, 25, 26],
    options: downProperties((p) => without(p, 'mqttRealTopic')),
  },
  {
    name: 'mqttRealTopic addresses topic messages',
    notice: [19, 26],
    options: downMessage((message) => (message.kind === 'topic' ? { ...message, topic: message.shownTopic } : message)),
  },
  {
    name: 'wildcards are carried',
    notice: [20],
    options: downResult((result, { topic, body, properties }) =>
      result.kind === 'dead-letter' && result.reason.endsWith('-wildcard')
        ? {
            kind: 'deliver',
            warnings: [],
            message: {
              kind: 'topic',
              topic: topicOf(topic, properties.mqttSecondTopic),
              // Written out instead of sent, or MQTT.js would close the connection and every case with it.
              shownTopic: topicOf(topic, 'wild'),
              qos: 1,
              payload: Buffer.from(body),
            },
          }
        : result,
    ),
  },
  {
    name: 'control characters are carried',
    notice: [18],
    options: downResult((result, { topic, body }) =>
      result.kind === 'dead-letter' && result.reason.endsWith('-control-character')
        ? {
            kind: 'deliver',
            warnings: [],
            message: {
              kind: 'topic',
              topic: topicOf(topic, 'a'),
              shownTopic: topicOf(topic, 'a\u0001'),
              qos: 1,
              payload: Buffer.from(body),
            },
          }
        : result,
    ),
  },
  {
    name: 'topics that are too long are carried',
    notice: [19],
    options: downResult((result, { topic, body, properties }) => {
      if (result.kind !== 'dead-letter' || result.reason !== 'topic-too-long') return result;
      const long = topicOf(topic, properties.mqttSecondTopic);
      return {
        kind: 'deliver',
        warnings: [],
        message: { kind: 'topic', topic: long, shownTopic: long, qos: 1, payload: Buffer.from(body) },
      };
    }),
  },
  {
    name: 'messages to $SYS vanish without a dead letter',
    notice: [21],
    options: downResult((result) =>
      result.kind === 'dead-letter' && result.reason === 'topic-reserved' ? { kind: 'echo' } : result,
    ),
  },
  {
    name: 'P2P from MQ is an ordinary topic',
    notice: [1, 2, 8, 9, 12, 13, 22, 24, 25, 28, 31],
    options: downMessage((message, { topic, properties }) =>
      message.kind === 'p2p'
        ? {
            kind: 'topic',
            topic: topicOf(topic, properties.mqttSecondTopic),
            shownTopic: message.shownTopic,
            qos: message.qos,
            payload: message.payload,
          }
        : message,
    ),
  },
  {
    name: '/P2P/ and further levels count as P2P',
    notice: [24],
    options: downProperties((p) => {
      const match = /^\/p2p\/([^/]+)/i.exec(p.mqttSecondTopic ?? '');
      return match === null ? p : { ...p, mqttSecondTopic: `/p2p/${match[1]}` };
    }),
  },
  {
    name: 'the P2P receiver sees the parent topic',
    notice: [1, 2, 8, 9, 12, 13, 22, 23, 25, 28, 31, 35],
    options: downMessage((message, { topic, properties }) =>
      message.kind === 'p2p' && properties.mqttRealTopic === undefined ? { ...message, shownTopic: topic } : message,
    ),
  },
  {
    name: 'clientId of a service addresses a device',
    notice: [28],
    options: downMessage((message, { properties: { clientId } }) => {
      if (clientId === undefined) return message;
      const { shownTopic, qos, payload } = message;
      return { kind: 'p2p', clientId, shownTopic, qos, payload, cleanSession: true };
    }),
  },
  {
    name: 'a message with clientId is a dead letter',
    notice: [28],
    options: downResult((result, { properties }) =>
      properties.clientId === undefined || result.kind !== 'deliver'
        ? result
        : { kind: 'dead-letter', reason: 'topic-reserved', property: 'clientId', value: properties.clientId },
    ),
  },
  {
    name: 'payloads go down as text',
    notice: [31],
    options: downMessage((message) => ({ ...message, payload: Buffer.from(message.payload.toString('utf8')) })),
  },
  {
    name: 'payloads that are too large are cut',
    notice: [31],
    options: downResult((result, { topic, body, properties }) => {
      if (result.kind !== 'dead-letter' || result.reason !== 'payload-too-large') return result;
      const whole = topicOf(topic, properties.mqttSecondTopic);
      const payload = Buffer.from(body.subarray(0, 65_536));
      return { kind: 'deliver', warnings: [], message: { kind: 'topic', topic: whole, shownTopic: whole, qos: 1, payload } };
    }),
  },
];

export const UP_MUTATIONS: readonly Mutation[] = [
  {
    name: 'up: qoslevel is always 1',
    notice: [6, 7, 14, 25, 27, 30, 31, 34, 38],
    options: upProperties((p) => ({ ...p, qoslevel: '1' })),
  },
  {
    name: 'up: qoslevel is missing at QoS 0',
    notice: [6, 7, 14, 27, 30, 31, 34],
    options: upProperties((p) => (p.qoslevel === '0' ? without(p, 'qoslevel') : p)),
  },
  {
    name: 'up: cleansessionflag is always true',
    notice: [7, 14, 29, 30],
    options: upProperties((p) => ({ ...p, cleansessionflag: 'true' })),
  },
  {
    name: 'up: mqttSecondTopic without its slash',
    notice: [6, 7, 14, 17, 18, 19, 25, 27, 29, 30, 31, 32, 33, 34, 35, 38, 41],
    options: upProperties((p) => (p.mqttSecondTopic === undefined ? p : { ...p, mqttSecondTopic: p.mqttSecondTopic.slice(1) })),
  },
  {
    name: 'up: mqttSecondTopic is / for the parent alone',
    notice: [17],
    options: upProperties((p) => ({ mqttSecondTopic: '/', ...p })),
  },
  {
    name: 'up: mqttSecondTopic has two levels at most',
    notice: [17],
    options: upProperties((p) =>
      p.mqttSecondTopic === undefined ? p : { ...p, mqttSecondTopic: p.mqttSecondTopic.split('/').slice(0, 3).join('/') },
    ),
  },
  {
    name: 'up: mqttRealTopic is set',
    notice: [27, 32, 33],
    options: upProperties((p, { retain }) => (retain ? { ...p, mqttRealTopic: '/a' } : p)),
  },
  {
    name: 'up: clientId is missing on Wills',
    notice: [30],
    options: upProperties((p, { will }) => (will ? without(p, 'clientId') : p)),
  },
  {
    name: 'up: a JSON payload overrides properties',
    notice: [29],
    options: upProperties((p, { payload }) => {
      try {
        const { qoslevel = p.qoslevel, clientId = p.clientId } = JSON.parse(payload.toString()) as Record<string, string>;
        return { ...p, qoslevel: qoslevel!, clientId: clientId! };
      } catch {
        return p;
      }
    }),
  },
  {
    name: 'up: the ordering key is missing',
    notice: [39],
    // Equal payloads pair in order of arrival, and a fence may overtake them.
    may: [31, 34],
    options: upMessage(({ topic, properties, body }) => ({ topic, properties, body })),
  },
  { name: 'up: all messages have the same id', notice: [34], options: upProperties((p) => ({ ...p, causewayId: 'same' })) },
  { name: 'up: DUP is not marked', notice: [34], options: upProperties((p) => without(p, 'causewayDup')) },
  {
    name: 'up: no loop mark',
    notice: [35],
    may: [14, 22, 23, 24, 25, 30, 31, 32, 38, 41],
    options: upProperties((p) => without(p, 'causewayOrigin')),
  },
  {
    name: 'up: a property tells of retain',
    notice: [32],
    options: upProperties((p, { retain }) => (retain ? { ...p, retain: 'true' } : p)),
  },
  {
    name: 'up: payloads go up as text',
    notice: [31],
    options: upMessage((message) => ({ ...message, body: Buffer.from(Buffer.from(message.body).toString('utf8')) })),
  },
];
