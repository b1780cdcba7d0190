/** Mutations of gateway, bridge, credentials and consumers: one rule wrong at a time. */
import type { Tamper } from '../../../core/bridge/types.ts';
import type { LabUnderTest } from '../../../core/checks/labUnderTest.ts';
import { Access } from '../../../core/gateway/access.ts';
import { Counters } from '../../../core/gateway/counters.ts';
import { Delivery } from '../../../core/gateway/delivery.ts';
import { Inbound } from '../../../core/gateway/inbound.ts';
import { RetainedStore } from '../../../core/gateway/retained.ts';
import { Session } from '../../../core/gateway/session.ts';
import { Sessions } from '../../../core/gateway/sessions.ts';
import { SubscriptionTable } from '../../../core/gateway/subscriptionTable.ts';
import { TopicRules } from '../../../core/gateway/topicRules.ts';
import type { QoS } from '../../../core/gateway/types.ts';
import { mapUp } from '../../../core/mapping/up.ts';
import type { MqConsumerSpec, MqMessage, MqProducer } from '../../../core/mq/engine.ts';
import { downResult, type Mutation, replaced } from './mutation.ts';

/** The suite's fences stay as they are. */
const isFence = (topic: string): boolean => topic.includes('/fence/');

const limits = (changes: object): Mutation['options'] & object => ({
  adjust: (options) => ({ ...options, limits: { ...options.limits, ...changes } }),
});

const tampered = (tamper: Tamper): Mutation['options'] & object => ({ adjust: (options) => ({ ...options, tamper }) });

/** Consumers of the cases (not those of the suite itself) get another specification. */
function consumers(change: (spec: MqConsumerSpec) => MqConsumerSpec): (lab: LabUnderTest) => LabUnderTest {
  return (lab) => {
    const { engine } = lab;
    const consume: typeof engine.consume = (spec, handler) =>
      engine.consume(spec.group.startsWith('check-') ? change(spec) : spec, handler);
    return { ...lab, engine: new Proxy(engine, { get: (target, key) => (key === 'consume' ? consume : bound(target, key)) }) };
  };
}

function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key, target);
  return typeof value === 'function' ? value.bind(target) : value;
}

/** A producer past the suite, opened with the lab. */
const behind: { producer: MqProducer | undefined } = { producer: undefined };
const openBehind = async (lab: LabUnderTest): Promise<LabUnderTest> => {
  behind.producer = await lab.engine.producer();
  return lab;
};
const putBehind = (message: MqMessage): void => void behind.producer?.send(message).catch(() => undefined);

/** The retained store of the gateway at work. */
let store: RetainedStore | undefined;

export const GATEWAY_MUTATIONS: readonly Mutation[] = [
  {
    name: 'delivery at the QoS of the message, whatever the subscription says',
    notice: [2, 38, 42],
    patch: replaced(
      Delivery.prototype,
      'toRoute',
      (original) =>
        function (this: Delivery, route, topic, payload, qos) {
          return original.call(
            this,
            { ...route, qos: route.qos.map(() => (isFence(topic) ? 1 : 2) as QoS) },
            topic,
            payload,
            qos,
          );
        },
    ),
  },
  {
    name: 'wildcard filters are served at QoS 2',
    notice: [2, 38],
    patch: replaced(
      SubscriptionTable.prototype,
      'add',
      (original) =>
        function (this: SubscriptionTable, filter, session, qos) {
          original.call(this, filter, session, /[+#]/.test(filter) && !isFence(filter) ? 2 : qos);
        },
    ),
  },
  {
    name: 'P2P goes out at QoS 1 at most',
    notice: [2, 14, 25],
    patch: replaced(
      Delivery.prototype,
      'toTarget',
      (original) =>
        function (this: Delivery, session, topic, payload, qos, clean) {
          return original.call(this, session, topic, payload, qos === 2 ? 1 : qos, clean);
        },
    ),
  },
  {
    name: 'P2P from a device is an ordinary topic',
    notice: [14, 22, 24, 25, 35],
    patch: replaced(
      TopicRules.prototype,
      'look',
      (original) =>
        function (this: TopicRules, topic) {
          return { ...original.call(this, topic), p2p: undefined };
        },
    ),
  },
  {
    name: 'P2P is delivered twice',
    notice: [1, 2, 8, 9, 12, 13, 14, 22, 23, 24, 25, 28, 31, 35],
    patch: replaced(
      Delivery.prototype,
      'toTarget',
      (original) =>
        function (this: Delivery, ...message) {
          original.apply(this, message);
          return original.apply(this, message);
        },
    ),
  },
  {
    name: 'P2P is kept whatever the sender’s flag says',
    notice: [8, 14],
    patch: replaced(
      Delivery.prototype,
      'toTarget',
      (original) =>
        function (this: Delivery, session, topic, payload, qos) {
          return original.call(this, session, topic, payload, qos, false);
        },
    ),
  },
  {
    name: 'P2P is never kept',
    notice: [9, 14],
    patch: replaced(
      Delivery.prototype,
      'toTarget',
      (original) =>
        function (this: Delivery, session, topic, payload, qos) {
          return original.call(this, session, topic, payload, qos, true);
        },
    ),
  },
  {
    name: 'P2P to an unknown client is not counted',
    notice: [24],
    patch: replaced(
      Delivery.prototype,
      'toTarget',
      (original) =>
        function (this: Delivery, session, topic, payload, qos, clean) {
          if (session === undefined) return { online: 0, stored: 0, dropped: 1, slow: false };
          return original.call(this, session, topic, payload, qos, clean);
        },
    ),
  },
  {
    name: 'P2P messages are retained',
    notice: [22],
    patch: replaced(
      TopicRules.prototype,
      'look',
      (original) =>
        function (this: TopicRules, topic) {
          const info = original.call(this, topic);
          if (info.p2p !== undefined) store?.set(topic, Buffer.from('a retained secret'), 1);
          return info;
        },
    ),
  },
  {
    name: 'nothing is retained',
    notice: [32, 33],
    patch: replaced(RetainedStore.prototype, 'set', () => () => undefined),
  },
  {
    name: 'messages from MQ are retained',
    notice: [32],
    options: downResult((result) => {
      if (result.kind === 'deliver') store?.set(result.message.shownTopic, result.message.payload, 1);
      return result;
    }),
  },
  {
    name: 'a replay of a retained message is bridged',
    notice: [33],
    wrap: openBehind,
    patch: replaced(
      RetainedStore.prototype,
      'matching',
      (original) =>
        function (this: RetainedStore, filter) {
          const found = original.call(this, filter);
          for (const { topic, payload } of found) {
            putBehind({ topic: topic.split('/')[0]!, key: 'replay', properties: { causewayOrigin: 'mqtt' }, body: payload });
          }
          return found;
        },
    ),
  },
  {
    name: 'what comes down from MQ is echoed into MQ',
    notice: [35],
    // Where devices publish besides: the echo takes another way into MQ than their messages.
    may: [18, 19, 28, 31],
    wrap: openBehind,
    options: downResult((result, { topic, body, properties }) => {
      const { mqttSecondTopic = '' } = properties;
      if (result.kind === 'deliver' && topic.startsWith('check-')) {
        putBehind({ topic, key: 'echo', properties: { mqttSecondTopic, causewayOrigin: 'mqtt' }, body });
      }
      return result;
    }),
  },
  {
    name: 'offline messages are never kept',
    notice: [9, 12, 14, 42],
    patch: replaced(Session.prototype, 'enqueue', () => () => undefined),
  },
  {
    name: 'a session resumed with clean session on keeps its messages',
    notice: [11],
    patch: replaced(
      Sessions.prototype,
      'open',
      (original) =>
        function (this: Sessions, connection) {
          const { cleanSession } = connection;
          if (this.byId.get(connection.clientId)?.clean === false) connection.cleanSession = false;
          const former = original.call(this, connection);
          connection.cleanSession = cleanSession;
          return former;
        },
    ),
  },
  {
    name: 'redelivery to devices is forgotten',
    notice: [34],
    patch: replaced(
      Delivery.prototype,
      'resume',
      (original) =>
        function (this: Delivery, session) {
          session.inflight = undefined;
          original.call(this, session);
        },
    ),
  },
  {
    name: 'parent topics need not be listed',
    notice: [36],
    patch: replaced(
      TopicRules.prototype,
      'look',
      (original) =>
        function (this: TopicRules, topic) {
          const info = original.call(this, topic);
          return info.refusal === 'topic-unknown-parent' ? { ...info, refusal: undefined } : info;
        },
    ),
  },
  {
    name: 'devices may publish to $SYS',
    notice: [21],
    patch: replaced(
      TopicRules.prototype,
      'look',
      (original) =>
        function (this: TopicRules, topic) {
          const info = original.call(this, topic);
          return info.refusal === 'topic-reserved' ? { ...info, refusal: undefined } : info;
        },
    ),
  },
  {
    name: 'control characters in topics of devices are left out',
    notice: [18],
    options: {
      mapping: { mapUp: (publish, options) => mapUp({ ...publish, topic: publish.topic.replace(/\p{Cc}/gu, '') }, options) },
    },
    patch: replaced(
      TopicRules.prototype,
      'look',
      (original) =>
        function (this: TopicRules, topic) {
          const info = original.call(this, topic);
          return info.refusal === 'topic-invalid' ? original.call(this, topic.replace(/\p{Cc}/gu, '')) : info;
        },
    ),
  },
  {
    name: 'refusals are not counted',
    notice: [21, 31, 36, 42],
    patch: replaced(Counters.prototype, 'refuse', () => () => undefined),
  },
  {
    name: 'Wills are not published',
    notice: [30],
    patch: replaced(Inbound.prototype, 'will', () => () => undefined),
  },
  {
    name: 'QoS 0 messages of devices are lost on the way up',
    notice: [6, 7, 14, 27, 30, 31, 34, 39],
    options: tampered({ up: (m) => (m.properties.qoslevel === '0' ? [] : [m]) }),
  },
  {
    name: 'QoS 2 messages of devices come twice',
    notice: [6, 7, 14, 25, 27, 30, 31, 34, 38, 39],
    options: tampered({ up: (m) => (m.properties.qoslevel === '2' ? [m, m] : [m]) }),
  },
  {
    name: 'P2P messages of devices do not reach MQ',
    notice: [14, 25, 27, 35],
    options: tampered({ up: (m) => (m.properties.mqttSecondTopic?.startsWith('/p2p/') === true ? [] : [m]) }),
  },
  { name: 'payloads of 64 KiB + 1 pass', notice: [31], options: limits({ payloadBytes: 65_537 }) },
  { name: 'topics of 65 characters pass', notice: [19], options: limits({ topicChars: 200 }) },
  { name: 'client IDs of 65 characters pass', notice: [19], options: limits({ clientIdChars: 65 }) },
  { name: '31 subscriptions pass', notice: [42], options: limits({ subscriptionsPerClient: 31 }) },
  { name: 'more offline messages are kept', notice: [42], options: limits({ offlineMessages: 1_000 }) },
  { name: 'offline messages are kept four days', notice: [42], options: limits({ offlineMs: 4 * 86_400_000 }) },
  { name: 'offline messages are kept two days', notice: [42], options: limits({ offlineMs: 2 * 86_400_000 }) },
  {
    name: 'clustering consumers get every message each',
    notice: [37],
    wrap: consumers((spec) => (spec.ordered ? spec : { ...spec, mode: 'broadcasting' })),
  },
  {
    name: 'broadcasting consumers share the messages',
    notice: [37],
    wrap: consumers((spec) => ({ ...spec, mode: 'clustering' })),
  },
  {
    name: 'ordered consumers work on several messages of a device at a time',
    notice: [39],
    wrap: consumers((spec) => ({ ...spec, ordered: false })),
  },
  {
    name: 'every credential lets in',
    notice: [41],
    patch: replaced(Access.prototype, 'admit', () => () => 0),
  },
  {
    name: 'PUBLISH is not checked against the token',
    notice: [41],
    patch: replaced(Access.prototype, 'publish', () => () => 'go'),
  },
  {
    name: 'SUBSCRIBE is not checked against the token',
    notice: [41],
    patch: replaced(Access.prototype, 'subscribe', () => () => undefined),
  },
];

/** Catches the gateway's retained store as it is made use of; undone after each mutation. */
export function catchStore(): () => void {
  store = undefined;
  const restore = replaced(
    RetainedStore.prototype,
    'matching',
    (original) =>
      function (this: RetainedStore, filter) {
        store ??= this;
        return original.call(this, filter);
      },
  )();
  return () => {
    store = undefined;
    behind.producer = undefined;
    restore();
  };
}
