/** Scenarios of the journeys: small enough for a busy machine, with traffic both ways. */
const scenario = (name: string, duration: string): string => `causeway: 1
name: ${name}
description: Devices report, and answer to commands.
duration: ${duration}
seed: 7
gateway:
  topics:
    up: { direction: up }
    down: { direction: down }
populations:
  devices:
    actor: sensor
    count: 20
    publish:
      value:
        topic: "up/{id}/value"
        qos: 1
        schedule: { every: 500ms }
services:
  reader:
    consume: { topics: [up], group: GID_reader, ordered: true }
    commands:
      ask:
        topic: down
        population: devices
        target: one
        qosLevel: 1
        schedule: { every: 500ms }
        body: { action: ask }
thresholds:
  - "ledger.up.lost == 0"
`;

export const SMALL = scenario('Small', '3s');
/** For as long as a test needs it; always stopped. */
export const LONG = scenario('Long', '10m');
