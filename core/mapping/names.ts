/** The keys that carry MQTT's notions through MQ. Spelled exactly so: another case is another key. */
export const PROPERTY = {
  qosLevel: 'qoslevel',
  cleanSessionFlag: 'cleansessionflag',
  secondTopic: 'mqttSecondTopic',
  realTopic: 'mqttRealTopic',
  clientId: 'clientId',
} as const;

/** One of the five mapped keys. */
export type PropertyName = (typeof PROPERTY)[keyof typeof PROPERTY];

/**
 * The lab's own keys. `origin`: loop mark, on every message that came from MQTT. `id`: unique per message accepted
 * from MQTT, the same in every redelivery by MQ. `dup`: `1`, only where the PUBLISH itself had DUP=1.
 */
export const LAB_PROPERTY = { origin: 'causewayOrigin', id: 'causewayId', dup: 'causewayDup' } as const;

/** Value of the loop mark. */
export const ORIGIN_MQTT = 'mqtt';

/** Besides what an engine adds to a dead letter: the offending property and its value, where there is one. */
export const DEAD_LETTER_DETAIL = { property: 'dlqProperty', value: 'dlqValue' } as const;

const BY_LOWER_CASE = new Map<string, PropertyName>(Object.values(PROPERTY).map((name) => [name.toLowerCase(), name]));

/** The mapped key that `key` would be if case did not matter (`qosLevel` gives `qoslevel`); undefined for any other key and for exact ones. */
export function wrongCaseOf(key: string): PropertyName | undefined {
  // Longest mapped key: 16 characters. Spares lower-casing the long keys of applications.
  if (key.length > 16) return undefined;
  const meant = BY_LOWER_CASE.get(key.toLowerCase());
  return meant === key ? undefined : meant;
}
