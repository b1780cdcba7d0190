/** The devices of a run without measuring: same schedule, actors and clients; no stamps, no ledger, no histograms. A worker thread. */
import { workerData } from 'node:worker_threads';
import { nowUs } from '../../core/clock.ts';
import { STAMP_OVERHEAD } from '../../core/measure/stamp.ts';
import { Audience } from '../../core/run/audience.ts';
import { createDevices, type Devices } from '../../core/run/devices.ts';
import { StreamTable } from '../../core/run/streams.ts';
import { createSchedule } from '../../core/schedule/create.ts';
import { Pacer } from '../../core/schedule/pacer.ts';
import { Swarm } from '../../core/swarm/swarm.ts';
import { BARE, type BareTask } from './bareThreads.ts';
import { runScenario } from './runScenario.ts';

const { plan, endpoint, counts } = workerData as BareTask;
const cells = new Float64Array(counts);
const { scenario } = runScenario(plan);
const population = scenario.populations[0]!;
const publication = population.publish[0]!;
const slice = { population: population.name, from: 0, to: population.count };
const streams = new StreamTable(scenario);

/** In place of the stamp, so that messages are as long as measured ones: `{"cw":"xxx",` and what follows the body's brace. */
const FRONT = `{"cw":"${'x'.repeat(STAMP_OVERHEAD - 8)}",`;

let connected = 0;
let epochUs = Number.NaN;
const schedule = createSchedule(publication.schedule, {
  seed: scenario.seed,
  name: `${population.name}.${publication.name}`,
  count: population.count,
  from: 0,
  to: population.count,
  durationUs: scenario.durationMs * 1000,
});
const swarm = new Swarm(endpoint, {
  onConnected: () => {
    connected += 1;
    if (connected === population.count) start();
  },
  onDone: (client) => schedule.done?.(client.tag, nowUs() - epochUs),
});
const devices: Devices = createDevices(population, slice, {
  scenario,
  streams,
  audience: new Audience(scenario, streams),
  city: undefined,
  firstReceiver: 0,
  addClient: (options) => swarm.add(options),
  localAddresses: [],
  secrets: {},
});
const pacer = new Pacer();
pacer.add(schedule, (event) => {
  const m = devices.members[event.actor]!;
  const payload = Buffer.from(FRONT + m.actor.compose(publication, event.atUs).slice(1));
  m.client.publish(m.publications[0]!.topic, payload, publication.qos, publication.retain, 0);
});
for (const m of devices.members) m.client.connect();

function start(): void {
  epochUs = nowUs();
  cells[BARE.ready] = 1;
  pacer.start(epochUs);
}
