/** What a case leaves in a lab that lives on: sessions that wait for their owner, messages retained. */
import { connectDevice, type Device } from './device.ts';
import type { LabUnderTest } from './labUnderTest.ts';

const CONNECT_TIMEOUT_MS = 10_000;

async function connect(lab: LabUnderTest, clientId: string): Promise<Device> {
  const options = { clientId, clean: true, protocolVersion: 4, ...lab.login?.(clientId) } as const;
  return connectDevice('tidy', lab.mqttUrl, options, { onArrival: () => undefined }, CONNECT_TIMEOUT_MS);
}

export class Leftovers {
  /** Client IDs of persistent sessions. */
  readonly sessions = new Set<string>();
  readonly retained = new Set<string>();

  /** Ends the sessions by a clean one [MQTT-3.1.2-6], and deletes the messages by empty ones [MQTT-3.3.1-10]. */
  async clear(lab: LabUnderTest, clientId: string): Promise<void> {
    for (const session of this.sessions) await (await connect(lab, session)).close();
    if (this.retained.size === 0) return;
    const device = await connect(lab, clientId);
    // A gateway that ends the connection leaves the acknowledgement open; cutting it settles that.
    const timer = setTimeout(() => void device.cut(), CONNECT_TIMEOUT_MS);
    try {
      for (const topic of this.retained) await device.publish(topic, Buffer.alloc(0), { qos: 1, retain: true });
    } finally {
      clearTimeout(timer);
      await device.close();
    }
  }
}
