/** One message through a real gateway, bridge and MQ: what became of it, property by property. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InspectArrow, InspectResult } from '../../../core/protocol/window.ts';
import { EXAMPLES, type ExampleName } from '../../../renderer/screens/inspect/examples.ts';
import { callOf, type InspectForm, START_MQ, START_MQTT } from '../../../renderer/screens/inspect/form.ts';
import { type TestLab, type TestWindow, testLab } from '../../helpers/labHost.ts';

let lab: TestLab;
let window: TestWindow;
beforeAll(async () => {
  lab = await testLab();
  window = lab.window();
});
afterAll(() => lab.close());

const send = (form: InspectForm): Promise<InspectResult> => window.call('inspect.send', callOf(form));
const arrow = (result: InspectResult, property: string): InspectArrow => result.arrows.find((one) => one.property === property)!;

describe('examples of the window', () => {
  const OUTCOMES: Readonly<Record<ExampleName, InspectResult['outcome']>> = {
    up: 'delivered',
    retain: 'delivered',
    parentOnly: 'delivered',
    refusedTopic: 'refused',
    upTooLarge: 'refused',
    qosDefault: 'delivered',
    minQos: 'delivered',
    p2p: 'delivered',
    realTopic: 'delivered',
    kept: 'stored-offline',
    notKept: 'dropped',
    keptQos2: 'dead-letter',
    flagIgnored: 'delivered',
    invalidQos: 'dead-letter',
    clientId: 'delivered',
    wrongCase: 'delivered',
    userProperty: 'delivered',
    loop: 'not-bridged',
    downTooLarge: 'dead-letter',
  };
  it.each(Object.entries(OUTCOMES) as [ExampleName, string][])('%s: %s', async (name, outcome) => {
    const result = await send(EXAMPLES[name]);
    expect(result.outcome, result.reason).toBe(outcome);
    expect(result.direction).toBe(EXAMPLES[name].side === 'mqtt' ? 'up' : 'down');
    expect(result.mqttReceived.length > 0).toBe(['delivered', 'stored-offline'].includes(outcome));
    expect(result.arrows.length).toBeGreaterThan(5);
  });
});

describe('up', () => {
  it('shows both sides and each property on its way', async () => {
    const result = await send({ ...START_MQTT, qos: 2, cleanSession: true, payload: { encoding: 'hex', value: '00ff' } });
    expect(result.mq).toMatchObject({
      topic: 'home',
      key: START_MQTT.clientId,
      properties: { qoslevel: '2', cleansessionflag: 'true', mqttSecondTopic: '/floor1/room2/t', clientId: START_MQTT.clientId },
      payload: { bytes: 2, hex: '00ff', text: null },
    });
    expect(result.mqttReceived).toMatchObject([{ topic: START_MQTT.topic, qos: 2, payload: { hex: '00ff' } }]);
    expect(arrow(result, 'qoslevel')).toMatchObject({
      from: { value: '2' },
      to: { field: 'qoslevel', value: '2' },
      dropped: false,
    });
    expect(arrow(result, 'mqttRealTopic')).toMatchObject({ from: null, to: null });
  });

  it('says that retain is not carried, and meets nothing that an earlier message has left', async () => {
    const retained = await send({ ...START_MQTT, retain: true });
    expect(arrow(retained, 'retain')).toMatchObject({ to: null, dropped: true });
    const next = await send({ ...START_MQTT, payload: { encoding: 'text', value: 'next' } });
    expect(next.mqttReceived.map(({ payload }) => payload.text)).toEqual(['next']);
  });

  it.each([
    [{ topic: '$SYS/x' }],
    [{ topic: 'a/+/b' }],
    [{ topic: '' }],
    [{ topic: 'x'.repeat(65) }],
    [{ topic: 'x'.repeat(70_000) }],
    [{ topic: 'a/\u0000' }],
    [{ clientId: '' }],
    [{ clientId: 'x'.repeat(65) }],
  ])('refused, and said why: %j', async (changes) => {
    for (const qos of [0, 1] as const) {
      const result = await send({ ...START_MQTT, cleanSession: true, ...changes, qos });
      expect(result).toMatchObject({ outcome: 'refused', mq: null, mqttReceived: [] });
      expect(result.reason.length).toBeGreaterThan(20);
    }
  });

  it('a topic that is not bridged stays with the devices', async () => {
    const result = await send({ ...START_MQTT, topic: 'local/x' });
    expect(result).toMatchObject({ outcome: 'not-bridged', mq: null, mqttReceived: [{ topic: 'local/x' }] });
  });
});

describe('down', () => {
  it('tells defaults, and what does not travel', async () => {
    const result = await send(EXAMPLES.userProperty);
    expect(result.mqttReceived).toMatchObject([{ topic: 'car/district/3', qos: 1, retain: false }]);
    expect(arrow(result, 'qoslevel')).toMatchObject({ from: null, to: { value: '1' }, isDefault: true });
    expect(arrow(result, 'traceId')).toMatchObject({ to: null, dropped: true });
    const stripped = await send(EXAMPLES.clientId);
    expect(arrow(stripped, 'clientId')).toMatchObject({ dropped: true, to: null });
    expect(stripped.warnings.length).toBe(1);
    expect((await send(EXAMPLES.minQos)).mqttReceived[0]?.qos).toBe(0);
    const renamed = await send(EXAMPLES.realTopic);
    expect(renamed.mqttReceived[0]?.topic).toBe('car/command');
    // It chose the receiver, who sees another topic.
    expect(arrow(renamed, 'mqttSecondTopic')).toMatchObject({ to: null, used: true, dropped: false });
  });

  it.each([
    [{}, 'stored-offline'],
    [{ cleanSession: true }, 'dropped'],
  ] as const)('a device that is offline, %j: %s', async (device, outcome) => {
    const form = { ...START_MQ, device: { ...START_MQ.device, qos: 1, online: false, ...device } } as const;
    expect((await send(form)).outcome).toBe(outcome);
  });

  it('reserved and impossible topics, and filters that are none', async () => {
    expect((await send({ ...START_MQ, topic: '$SYS' })).outcome).toBe('dead-letter');
    expect((await send({ ...START_MQ, topic: 'a b' })).outcome).toMatch(/dead-letter|refused/);
    expect((await send({ ...START_MQ, topic: 'x'.repeat(100_000) })).outcome).toMatch(/dead-letter|refused/);
    const device = { ...START_MQ.device, filter: 'a/#/b' };
    expect((await send({ ...START_MQ, device })).outcome).toBe('refused');
    expect((await send({ ...START_MQ, device: { ...START_MQ.device, filter: 'other/#' } })).outcome).toBe('dropped');
  });
});

it('calls at the same time each get their own answer', async () => {
  const values = ['one', 'two', 'three'];
  const results = await Promise.all(values.map((value) => send({ ...START_MQTT, payload: { encoding: 'text', value } })));
  expect(results.map(({ mq }) => mq?.payload.text)).toEqual(values);
});

it('bytes that are none are refused', async () => {
  const input = { ...callOf(START_MQTT), payload: { encoding: 'hex', value: 'zz' } };
  expect(await window.refusal('inspect.send', input)).toBe('window.input');
});
