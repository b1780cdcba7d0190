/** What stands in the form of the Inspect screen, and the call that it makes. */
import type { WindowInput } from '../../../core/protocol/window.ts';

export type QoS = 0 | 1 | 2;
export interface PayloadForm {
  readonly encoding: 'text' | 'hex';
  readonly value: string;
}
export interface MqttForm {
  readonly side: 'mqtt';
  readonly profile: 'strict' | 'lenient';
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly cleanSession: boolean;
  readonly clientId: string;
  readonly payload: PayloadForm;
}
export interface PropertyLine {
  readonly key: string;
  readonly value: string;
}
export interface MqForm {
  readonly side: 'mq';
  readonly profile: 'strict' | 'lenient';
  readonly topic: string;
  /** Empty: none. */
  readonly key: string;
  readonly properties: readonly PropertyLine[];
  readonly payload: PayloadForm;
  readonly device: {
    readonly clientId: string;
    readonly filter: string;
    readonly qos: QoS;
    readonly online: boolean;
    readonly cleanSession: boolean;
  };
}
export type InspectForm = MqttForm | MqForm;

/** The keys that the mapping knows, in the order of docs/mapping.md. */
export const MAPPED_KEYS = ['qoslevel', 'cleansessionflag', 'mqttSecondTopic', 'mqttRealTopic', 'clientId'] as const;
export type MappedKey = (typeof MAPPED_KEYS)[number];
export const isMappedKey = (key: string): key is MappedKey => (MAPPED_KEYS as readonly string[]).includes(key);

/** A value to begin with, where somebody adds one of the mapped keys. */
export const FIRST_VALUES: Readonly<Record<MappedKey, string>> = {
  qoslevel: '1',
  cleansessionflag: 'false',
  mqttSecondTopic: '/floor1/t',
  mqttRealTopic: '/command',
  clientId: 'GID_service@@@1',
};

export const START_MQTT: MqttForm = {
  side: 'mqtt',
  profile: 'strict',
  topic: 'home/floor1/room2/t',
  qos: 1,
  retain: false,
  cleanSession: false,
  clientId: 'GID_sensor@@@0042',
  payload: { encoding: 'text', value: '{"celsius":21.5}' },
};
export const START_MQ: MqForm = {
  side: 'mq',
  profile: 'strict',
  topic: 'car',
  key: '',
  properties: [{ key: 'mqttSecondTopic', value: '/district/3' }],
  payload: { encoding: 'text', value: '{"do":"slow-down"}' },
  device: { clientId: 'GID_car@@@7', filter: 'car/#', qos: 1, online: true, cleanSession: false },
};

/** Hexadecimal digits in pairs, white space allowed. */
export const isHex = (text: string): boolean => /^(?:\s*[0-9a-f]{2})*\s*$/i.test(text);

export type FormProblem = 'hex' | 'double-key' | 'empty-key';

/** What keeps the form from being sent. Values that the lab refuses are no problem here: to see that is what the screen is for. */
export function formProblems(form: InspectForm): readonly FormProblem[] {
  const problems: FormProblem[] = [];
  if (form.payload.encoding === 'hex' && !isHex(form.payload.value)) problems.push('hex');
  if (form.side === 'mq') {
    const keys = form.properties.map(({ key }) => key);
    if (new Set(keys).size < keys.length) problems.push('double-key');
    if (keys.includes('')) problems.push('empty-key');
  }
  return problems;
}

export function callOf(form: InspectForm): WindowInput<'inspect.send'> {
  const payload = {
    encoding: form.payload.encoding,
    value: form.payload.encoding === 'hex' ? form.payload.value.replace(/\s+/g, '') : form.payload.value,
  };
  if (form.side === 'mqtt') return { ...form, payload };
  const { key, properties, ...rest } = form;
  return {
    ...rest,
    payload,
    ...(key === '' ? {} : { key }),
    properties: Object.fromEntries(properties.map((line) => [line.key, line.value])),
  };
}
