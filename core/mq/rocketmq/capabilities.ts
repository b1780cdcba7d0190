import type { MqCapabilities } from '../engine.ts';

/** What RocketMQ can do, and what this adapter adds to it on the client's side; docs/engines.md says which is which. */
export const ROCKETMQ_CAPABILITIES: MqCapabilities = {
  durable: true,
  keyOrder: true,
  broadcasting: true,
  delayed: true,
  filter: true,
  redelivery: true,
  deadLetter: true,
  history: true,
};
