import { describe, expect, test } from 'vitest';
import { parseBrokerUrl } from '../../../core/external/brokerUrl.ts';
import { withQosAtMost } from '../../../core/run/externalBroker.ts';
import { load, problemsOf, SAMPLE } from './sample.ts';

const GATEWAY = '  profile: strict\n';
const onBroker = (yaml = SAMPLE, more = ''): string => yaml.replace(GATEWAY, `${GATEWAY}  url: mqtt://127.0.0.1:1883\n${more}`);

describe('the address of a broker', () => {
  test.each([
    ['mqtt://127.0.0.1:1884', { transport: 'tcp', host: '127.0.0.1', port: 1884, path: undefined }],
    ['mqtts://broker.lan', { transport: 'tls', host: 'broker.lan', port: 8883 }],
    ['ws://localhost:80', { transport: 'ws', host: 'localhost', port: 80, path: '/mqtt' }],
    ['wss://[::1]/other', { transport: 'wss', host: '::1', port: 443, path: '/other' }],
    ['mqtt://h:80', { port: 80 }],
  ])('%s', (text, found) => {
    expect(parseBrokerUrl(text)).toMatchObject(found);
  });

  test.each([
    '127.0.0.1:1883',
    'http://h',
    'mqtt://',
    'mqtt://a:b@h',
    'mqtt://h/path',
    'mqtt://h:99999',
    'mqtt://h:0',
    'ws://h?x=1',
  ])('%s is none', (text) => {
    expect(parseBrokerUrl(text)).toHaveProperty('problem');
  });
});

describe('a scenario on a broker outside', () => {
  test('takes url, user, the variable of the password and the authority; its scheme decides what devices speak', () => {
    const more = '  user: lab\n  passwordFrom: CAUSEWAY_SECRET\n  tls: { ca: ca.pem }\n';
    const yaml = onBroker(SAMPLE, more).replace('mqtt://127.0.0.1:1883', 'wss://localhost:8084/mqtt');
    const { gateway, populations } = load(yaml).scenario;
    expect(gateway.broker).toEqual({
      url: 'wss://localhost:8084/mqtt',
      user: 'lab',
      passwordFrom: 'CAUSEWAY_SECRET',
      ca: 'ca.pem',
    });
    expect(new Set(populations.map((p) => p.client.transport))).toEqual(new Set(['wss']));
  });

  test.each([
    ['url: mqtt://127.0.0.1:1883\n', 'url: tcp://127.0.0.1\n', 'gateway.url'],
    ['url: mqtt://127.0.0.1:1883\n', 'user: lab\n', 'gateway.user'],
    ['url: mqtt://127.0.0.1:1883\n', 'url: mqtt://127.0.0.1\n  passwordFrom: CAUSEWAY_X\n', 'gateway.passwordFrom'],
    ['url: mqtt://127.0.0.1:1883\n', 'url: mqtt://127.0.0.1\n  tls: { ca: a.pem }\n', 'gateway.tls'],
    ['client: { cleanSession: false }', 'client: { cleanSession: false, transport: ws }', 'populations.cars.client.transport'],
    ['client: { cleanSession: false }', 'credentials: signature', 'populations.cars.credentials'],
    ['topic: "down/all"', 'topic: "down/#"', 'populations.cars.subscribe[1].topic'],
    ['target: one\n', 'target: one\n        realTopic: /x\n', 'services.centre.commands.one.realTopic'],
  ])('%s replaced by %s is a problem', (from, to, place) => {
    const yaml = onBroker();
    expect(yaml).toContain(from);
    const messages = problemsOf(yaml.replace(from, to)).map((problem) => problem.message);
    expect(messages.filter((message) => message.startsWith(place))).not.toEqual([]);
  });

  test('asks for no hop that nobody can see, nor for one that only a broker has', () => {
    const threshold = (metric: string): string => `thresholds: ["${metric}.p99 < 100"]\n`;
    const base = SAMPLE.replace(/thresholds:[\s\S]*$/, '');
    expect(problemsOf(onBroker(base) + threshold('device.gatewayToDevice'))).toHaveLength(1);
    expect(load(onBroker(base) + threshold('device.sentToDevice')).scenario.thresholds).toHaveLength(1);
    expect(problemsOf(base + threshold('device.sentToDevice'))).toHaveLength(1);
  });

  test('one that can be reached from elsewhere is warned of', () => {
    const { warnings } = load(onBroker().replace('127.0.0.1', '10.1.2.3'));
    expect(warnings.some(({ message }) => message.includes('10.1.2.3'))).toBe(true);
  });

  test('a broker that grants QoS 1 at most gets nothing above it', () => {
    const { scenario } = load(onBroker().replaceAll('qos: 1', 'qos: 2').replace('cleanSession: false', 'cleanSession: true'));
    const { populations } = withQosAtMost(scenario, 1);
    const all = populations.flatMap((p) => [...p.publish, ...p.subscribe, ...p.react]).map(({ qos }) => qos);
    expect(Math.max(...all)).toBe(1);
    expect(Math.max(...scenario.populations.flatMap((p) => p.publish.map(({ qos }) => qos)))).toBe(2);
  });
});
