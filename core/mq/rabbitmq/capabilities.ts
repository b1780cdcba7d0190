import type { MqCapabilities } from '../engine.ts';

/** What RabbitMQ can do, and what this adapter adds to it on the client's side; docs/engines.md says which is which. */
export const RABBITMQ_CAPABILITIES: MqCapabilities = {
  durable: true,
  keyOrder: true,
  broadcasting: true,
  delayed: true,
  filter: true,
  redelivery: true,
  deadLetter: true,
  // Exchanges keep nothing: a message goes to the queues that are there when it is sent.
  history: false,
};
