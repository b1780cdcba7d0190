import type { MqCapabilities } from '../engine.ts';

/** What the embedded engine can do, in memory and with files, here and over its port. */
export function embeddedCapabilities(durable: boolean): MqCapabilities {
  return {
    durable,
    keyOrder: true,
    broadcasting: true,
    delayed: true,
    filter: true,
    redelivery: true,
    deadLetter: true,
    history: true,
  };
}
