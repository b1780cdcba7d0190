import type { MqCapabilities } from '../engine.ts';

/** What Kafka can do, and what this adapter adds to it on the client's side; docs/engines.md says which is which. */
export const KAFKA_CAPABILITIES: MqCapabilities = {
  durable: true,
  keyOrder: true,
  broadcasting: true,
  // A log has no place for a message that is not there yet.
  delayed: false,
  filter: true,
  redelivery: true,
  deadLetter: true,
  history: true,
};
