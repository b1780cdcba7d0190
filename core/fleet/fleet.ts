/** A fleet in the main process: commands by hand and what becomes of them, where every vehicle is, and what is known of one. */
import { City } from '../actors/city.ts';
import { districtsOf, outlineOf } from '../actors/district.ts';
import { nowUs } from '../clock.ts';
import type { ExternalGateway } from '../external/externalGateway.ts';
import type { DownReport, Gateway } from '../gateway/types.ts';
import type { StampFields } from '../measure/stamp.ts';
import type { TraceTable } from '../measure/traceTable.ts';
import { CausewayError } from '../protocol/errors.ts';
import { COMMAND_KINDS, type CommandKind, type FleetPlan, type FleetVehicle, type FleetWave } from '../protocol/fleet.ts';
import type { HandOrder, HandProgress, Overheard } from '../protocol/hand.ts';
import type { ToWorker } from '../protocol/worker.ts';
import { StreamTable } from '../run/streams.ts';
import type { Scenario } from '../scenario/model.ts';
import { clientIdOf, groupVars, memberGroup } from '../scenario/template.ts';
import { purposeKey, unit } from '../schedule/counterRandom.ts';
import { addressed, type FleetLayout, fleetLayout, variantFor } from './layout.ts';
import { FleetMemory } from './memory.ts';
import { FleetPacker } from './pack.ts';
import { Standing } from './standing.ts';
import { VehicleNotes } from './vehicleNotes.ts';
import { OpenWave } from './wave.ts';

/** Waves of one run. Each is told whole to every window that comes later. */
const MOST_WAVES = 500;

export interface HandCommand {
  readonly kind: CommandKind;
  readonly target: FleetWave['target'];
  readonly qos: 0 | 1 | 2;
  readonly store: boolean;
  /** For a route: where to, metres from the south-western corner. Default: a crossing drawn from the seed. */
  readonly to?: { readonly x: number; readonly y: number } | undefined;
}

export class Fleet {
  readonly memory: FleetMemory;
  readonly #layout: FleetLayout;
  readonly #scenario: Scenario;
  readonly #streams: StreamTable;
  readonly #city: City;
  readonly #packer: FleetPacker;
  readonly #clientIds: readonly string[];
  readonly #waves: OpenWave[] = [];
  #standing: Standing | undefined;
  readonly #notes: VehicleNotes;
  #post: (message: ToWorker) => void = () => undefined;
  #gateway: Gateway | undefined;
  #epochUs = Number.POSITIVE_INFINITY;

  /** Undefined: the scenario has no vehicles that report where they are. */
  static of(scenario: Scenario, trace: () => TraceTable | undefined): Fleet | undefined {
    const streams = new StreamTable(scenario);
    const layout = fleetLayout(scenario, streams);
    return layout === undefined ? undefined : new Fleet(scenario, streams, layout, trace);
  }

  private constructor(scenario: Scenario, streams: StreamTable, layout: FleetLayout, trace: () => TraceTable | undefined) {
    const { population } = layout;
    this.#scenario = scenario;
    this.#streams = streams;
    this.#layout = layout;
    this.#city = new City(scenario.seed);
    this.memory = FleetMemory.allocate(population.count);
    this.#packer = new FleetPacker(this.memory, this.#city.width, this.#city.height);
    this.#clientIds = Array.from({ length: population.count }, (_, i) => clientIdOf(population, i));
    this.#notes = new VehicleNotes(trace, (members) => this.#post({ kind: 'overhear', members }));
  }

  /** The run's gateway and threads; a broker outside tells nothing of sessions. */
  connect(gateway: Gateway | ExternalGateway, post: (message: ToWorker) => void): void {
    this.#gateway = 'online' in gateway ? gateway : undefined;
    this.#post = post;
  }

  /** Traffic starts. */
  go(epochUs: number): void {
    this.#epochUs = epochUs;
  }

  plan(runId: string): FleetPlan {
    const { population, variants } = this.#layout;
    const city = this.#city;
    const { width, height, river } = city;
    const groups = population.group;
    const targets = new Set(variants.map(({ command }) => command.target));
    return {
      runId,
      population: population.name,
      vehicles: population.count,
      width,
      height,
      river,
      roads: city.blocks.map(({ street, kind, a, b }) => ({
        x1: city.x(a),
        y1: city.y(a),
        x2: city.x(b),
        y2: city.y(b),
        street: street.kind,
        kind,
      })),
      districts:
        groups === undefined ? [] : Array.from({ length: groups.count }, (_, g) => groupVars(population, g)[groups.name]!),
      areas: groups === undefined ? [] : districtsOf(city, groups.count).map((district) => outlineOf(city, district)),
      kinds: targets.size === 0 ? [] : COMMAND_KINDS,
      targets: [
        ...(targets.has('one') ? (['one'] as const) : []),
        ...(targets.has('group') && groups !== undefined ? (['district'] as const) : []),
        ...(targets.has('all') ? (['all'] as const) : []),
      ],
      waves: this.#waves.map((wave) => wave.told()),
    };
  }

  /** @throws CausewayError fleet.refused */
  command({ kind, target, qos, store, to }: HandCommand): FleetWave {
    const { population } = this.#layout;
    const whom = 'members' in target ? 'one' : 'district' in target ? 'group' : 'all';
    const targets = this.#targets(target);
    if (this.#waves.length >= MOST_WAVES) refuse(`this run has had ${MOST_WAVES} commands by hand`, 'start another run');
    const variant = variantFor(this.#layout, whom, qos, store);
    if (variant === undefined) {
      const some = this.#layout.variants.some(({ command }) => command.target === whom);
      if (!some) refuse(`the scenario has no command by hand to ${WHOM[whom]}`, 'give it one, with schedule: manual');
      if (whom === 'one' && store && qos === 2) {
        refuse(
          'a message of QoS 2 is not kept for a vehicle without network in the strict profile',
          'use QoS 1, or do not keep it',
        );
      }
      refuse('the scenario fixes the QoS or the flag of this command, and not so', 'ask for what stands in the scenario');
    }
    if (to !== undefined && (kind !== 'route' || to.x > this.#city.width || to.y > this.#city.height)) {
      refuse(
        'only a route leads somewhere, and only within the city',
        `x up to ${this.#city.width}, y up to ${this.#city.height}`,
      );
    }
    const wave = this.#waves.length + 1;
    const order: HandOrder = {
      kind: 'order',
      wave,
      base: variant.base,
      targets,
      action: kind,
      dueUs: Math.round(nowUs() - this.#epochUs),
      ...(kind === 'route' ? { to: to ?? this.#somewhere(wave) } : {}),
    };
    const members = targets.flatMap((index) => addressed(population, variant.command, index));
    const open = new OpenWave({ order, kind, target, qos, store, addressed: members.length, known: this.#gateway !== undefined });
    this.#waves.push(open);
    this.#standing = new Standing(wave, order.dueUs, population.count, members);
    this.#post(order);
    return open.told();
  }

  /** The bridge is about to hand a message of a wave to the gateway: who of those it is for has no connection now? */
  downTaken({ stream, seq, refSeq }: StampFields): void {
    const gateway = this.#gateway;
    const wave = this.#waves[refSeq - 1];
    if (wave === undefined || gateway === undefined) return;
    const members = this.#addressedBy(stream);
    wave.taken(
      stream,
      seq,
      members.length,
      members.filter((i) => !gateway.online(this.#clientIds[i]!)),
    );
  }

  /** The gateway has. */
  downDelivered({ stream, seq, refSeq }: StampFields, report: DownReport | undefined): void {
    const lost = this.#waves[refSeq - 1]?.delivered(stream, seq, report) ?? [];
    const atUs = nowUs() - this.#epochUs;
    // It will never get this: no answer is to be waited for.
    for (const index of lost) this.memory.failedUs[index] = atUs;
    this.#standing?.lost(refSeq, lost);
  }

  progress(waves: readonly HandProgress[]): void {
    for (const wave of waves) {
      this.#waves[wave.wave - 1]?.progress(wave);
      this.#standing?.progress(wave);
    }
  }

  overheard(messages: readonly Overheard[]): void {
    this.#notes.take(messages);
  }

  /** The waves that have grown since it was asked last. */
  changes(): FleetWave[] {
    this.#cameBack();
    const changed: FleetWave[] = [];
    for (const wave of this.#waves) {
      if (wave.takeChanged()) changed.push(wave.told());
    }
    return changed;
  }

  /** Milliseconds since the start of traffic, and VEHICLE_BYTES per vehicle as base64. */
  positions(): { readonly atMs: number; readonly vehicles: string } {
    const gateway = this.#gateway;
    const ids = this.#clientIds;
    const atUs = Number.isFinite(this.#epochUs) ? nowUs() - this.#epochUs : 0;
    const online = gateway === undefined ? () => undefined : (i: number) => gateway.online(ids[i]!);
    this.#cameBack();
    const kept = new Set(this.#waves.flatMap((wave) => [...wave.kept]));
    const known = { online, kept: (i: number) => kept.has(i), standing: this.#standing };
    return { atMs: Math.round(atUs / 1000), vehicles: this.#packer.pack(atUs, known).toString('base64') };
  }

  /** What was kept for vehicles that are back is on its way. */
  #cameBack(): void {
    const gateway = this.#gateway;
    if (gateway !== undefined) for (const wave of this.#waves) wave.cameBack((index) => gateway.online(this.#clientIds[index]!));
  }

  /** @throws CausewayError fleet.refused when there is no such vehicle */
  vehicle(index: number): FleetVehicle {
    const { population, variants } = this.#layout;
    if (index >= population.count) refuse(`there is no vehicle ${index}`, `0 to ${population.count - 1}`);
    const clientId = this.#clientIds[index]!;
    const group = population.group;
    const parent = variants.find(({ command }) => command.target === 'one')?.command.topic ?? this.#downTopic();
    return {
      index,
      clientId,
      district: group === undefined ? null : groupVars(population, memberGroup(population, index))[group.name]!,
      p2pTopic: parent === undefined ? '' : `${parent}/p2p/${clientId}`,
      session: this.#gateway?.session(clientId) ?? null,
      ...this.#notes.of(index),
    };
  }

  #downTopic(): string | undefined {
    return this.#scenario.gateway.topics.find(({ direction }) => direction === 'down' || direction === 'both')?.name;
  }

  #targets(target: FleetWave['target']): number[] {
    const { population } = this.#layout;
    if ('all' in target) return [0];
    if ('district' in target) {
      const groups = population.group?.count ?? 0;
      if (target.district >= groups)
        refuse(`there is no district ${target.district}`, groups === 0 ? 'none' : `0 to ${groups - 1}`);
      return [target.district];
    }
    const wrong = target.members.find((index) => index >= population.count);
    if (wrong !== undefined) refuse(`there is no vehicle ${wrong}`, `0 to ${population.count - 1}`);
    return [...new Set(target.members)];
  }

  #addressedBy(stream: number): number[] {
    const block = this.#streams.find(stream);
    return block?.kind === 'command' ? addressed(block.population, block.command, stream - block.base) : [];
  }

  /** A crossing, by the seed and the number of the wave. */
  #somewhere(wave: number): { x: number; y: number } {
    const crossing = Math.floor(unit(purposeKey(this.#scenario.seed, 'route by hand'), 0, wave) * this.#city.crossings);
    return { x: this.#city.x(crossing), y: this.#city.y(crossing) };
  }
}

const WHOM = { one: 'one vehicle', group: 'a district', all: 'all' } as const;

function refuse(reason: string, expected: string): never {
  throw new CausewayError('fleet.refused', { reason, expected });
}
