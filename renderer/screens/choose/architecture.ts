/** Which parts a recommendation needs, and how much flows between them. */
import type { ChooseAdvice } from '../../../core/protocol/choose.ts';
import type { Answers } from './answers.ts';

export const PARTS = ['devices', 'gateway', 'bridge', 'mq', 'services'] as const;
export type Part = (typeof PARTS)[number];

export interface Flow {
  readonly from: Part;
  readonly to: Part;
  /** Messages a second; null: it depends on who subscribes. */
  readonly perSecond: number | null;
  readonly bytesPerSecond: number | null;
  readonly needed: boolean;
}

type Component = ChooseAdvice['components'][number]['component'];

export interface ArchitectureView {
  /** From left to right; what is not needed and would stand between others is at the end. */
  readonly order: readonly Part[];
  readonly needed: Readonly<Record<Part, boolean>>;
  /** Where the clients of the answers stand: servers without MQTT are services. */
  readonly clientsAt: 'devices' | 'services';
  /** From the clients on. */
  readonly up: readonly Flow[];
  /** Against the others: what clients receive over MQTT, or what services send where there is no MQTT. */
  readonly back: Flow | null;
}

export function architectureOf(advice: Pick<ChooseAdvice, 'components'>, answers: Answers): ArchitectureView {
  const use = (component: Component): string | undefined => advice.components.find((one) => one.component === component)?.use;
  const [clients, services] = [use('devices'), use('services')];
  const bridge = use('between') === 'bridge';
  const mqtt = bridge || clients === 'mqtt';
  const mq = bridge || clients === 'mq' || services === 'mq';
  const needed = { devices: mqtt, gateway: mqtt, bridge, mq, services: mq || services === 'mqtt' };
  const perSecond = answers.clients * answers.messagesPerSecondPerClient;
  const flow = (from: Part, to: Part, isNeeded: boolean, rate: number | null = perSecond): Flow => ({
    from,
    to,
    perSecond: rate,
    bytesPerSecond: rate === null ? null : rate * answers.messageBytes,
    needed: isNeeded,
  });
  const received = answers.fanOut === 'few' ? null : answers.fanOut === 'all' ? perSecond * answers.clients : perSecond;
  const backOf = (): Flow | null => {
    if (!mqtt) return mq ? flow('services', 'mq', true) : null;
    return answers.fanOut === 'work-sharing' ? null : flow('gateway', 'devices', true, received);
  };
  const alone = mqtt && !mq;
  return {
    order: alone ? ['devices', 'gateway', 'services', 'bridge', 'mq'] : PARTS,
    needed,
    clientsAt: mqtt ? 'devices' : 'services',
    up: [
      flow('devices', 'gateway', mqtt),
      ...(alone
        ? [flow('gateway', 'services', needed.services)]
        : [
            flow('gateway', 'bridge', bridge),
            flow('bridge', 'mq', bridge),
            // What devices report comes once to each group of services; among services it goes to whoever shall have it.
            flow('mq', 'services', mq, mqtt ? perSecond : received),
          ]),
    ],
    back: backOf(),
  };
}
