/** Scenarios to begin with, besides the shipped ones. */
export const MINIMAL = `causeway: 1
name: My scenario
description: 100 sensors report once a second over MQTT; one service receives through MQ.
duration: 10s

gateway:
  topics:
    # The first level of an MQTT topic is the MQ topic. up: from devices to MQ.
    home: { direction: up }

populations:
  sensors:
    actor: sensor
    count: 100
    publish:
      temperature:
        topic: "home/{id}/temperature"
        qos: 1
        schedule: { every: 1s, jitter: 10% }
        body:
          celsius: { randomWalk: { start: 21, min: 15, max: 30, step: 0.2 } }

services:
  analysis:
    consume: { topics: [home], group: GID_analysis, ordered: true }

thresholds:
  - "ledger.up.lost == 0"
  - "mapping.failed == 0"
`;

export const BLANK = `causeway: 1
name: My scenario

gateway:
  topics:
    home: { direction: both }
`;
