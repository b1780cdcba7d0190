/** Ready-made messages, each showing one rule of docs/mapping.md. Their words stand in the texts, by name. */
import type { InspectForm, MqForm, MqttForm, PropertyLine } from './form.ts';
import { START_MQ, START_MQTT } from './form.ts';

const up = (changes: Partial<Omit<MqttForm, 'side'>>): MqttForm => ({ ...START_MQTT, ...changes });
const down = (
  properties: Readonly<Record<string, string>>,
  device: Partial<MqForm['device']> = {},
  changes: Partial<Omit<MqForm, 'side' | 'device' | 'properties'>> = {},
): MqForm => ({
  ...START_MQ,
  ...changes,
  properties: Object.entries(properties).map(([key, value]): PropertyLine => ({ key, value })),
  device: { ...START_MQ.device, ...device },
});
const P2P = '/p2p/GID_car@@@7';
/** One byte more than a message may have. */
const TOO_LARGE = { encoding: 'text', value: 'x'.repeat(65_537) } as const;

export const EXAMPLES = {
  up: up({}),
  retain: up({ retain: true, qos: 0 }),
  parentOnly: up({ topic: 'home' }),
  refusedTopic: up({ topic: 'my home/floor1/t' }),
  upTooLarge: up({ payload: TOO_LARGE }),
  qosDefault: down({ mqttSecondTopic: '/district/3' }, { qos: 2, cleanSession: true }),
  minQos: down({ mqttSecondTopic: '/district/3', qoslevel: '2' }, { qos: 0, filter: 'car/district/+' }),
  p2p: down({ mqttSecondTopic: P2P, qoslevel: '1' }, { filter: 'other/#' }),
  realTopic: down({ mqttSecondTopic: P2P, mqttRealTopic: '/command', qoslevel: '1' }, { filter: 'other/#' }),
  kept: down({ mqttSecondTopic: P2P, qoslevel: '1', cleansessionflag: 'false' }, { online: false, filter: 'other/#' }),
  notKept: down({ mqttSecondTopic: P2P, qoslevel: '1' }, { online: false, filter: 'other/#' }),
  keptQos2: down({ mqttSecondTopic: P2P, qoslevel: '2', cleansessionflag: 'false' }, { filter: 'other/#' }),
  flagIgnored: down({ mqttSecondTopic: '/district/3', cleansessionflag: 'false' }),
  invalidQos: down({ mqttSecondTopic: '/district/3', qoslevel: '3' }),
  clientId: down({ mqttSecondTopic: '/district/3', clientId: 'GID_service@@@1' }),
  wrongCase: down({ mqttSecondTopic: '/district/3', qosLevel: '0' }),
  userProperty: down({ mqttSecondTopic: '/district/3', traceId: '4bf92f35' }),
  loop: down({ mqttSecondTopic: '/district/3', causewayOrigin: 'mqtt' }),
  downTooLarge: down({ mqttSecondTopic: '/district/3' }, {}, { payload: TOO_LARGE }),
} as const satisfies Readonly<Record<string, InspectForm>>;

export type ExampleName = keyof typeof EXAMPLES;
export const EXAMPLE_NAMES = Object.keys(EXAMPLES) as readonly ExampleName[];
