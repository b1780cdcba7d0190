/** The fleet of the run under way, as the lab tells it: plan, positions, waves. One per open map. */
import { type FleetPlan, type FleetWave, VEHICLE_STATE } from '../../../core/protocol/fleet.ts';
import type { WindowPush } from '../../../core/protocol/window.ts';
import type { LabClient } from '../../client/labClient.ts';
import { districtOf } from './selection.ts';
import { Track, unpack } from './track.ts';

/** For what is written, not drawn, milliseconds. */
const TELL_EVERY = 500;

export interface DistrictCount {
  readonly vehicles: number;
  readonly online: number;
  readonly answered: number;
}

export interface FleetNews {
  readonly plan: FleetPlan | null;
  /** The lab has no vehicles to show for this run. */
  readonly nothing: boolean;
  readonly error: Error | null;
  readonly atMs: number;
  /** Newest first. */
  readonly waves: readonly FleetWave[];
  /** Vehicles by VEHICLE_STATE, and by whether they have a network. Told together with the waves, as they belong together. */
  readonly counts: readonly number[];
  readonly online: number;
  readonly away: number;
  readonly districts: readonly DistrictCount[];
}

const NOTHING: FleetNews = {
  plan: null,
  nothing: false,
  error: null,
  atMs: 0,
  waves: [],
  counts: Object.values(VEHICLE_STATE).map(() => 0),
  online: 0,
  away: 0,
  districts: [],
};

export class FleetFeed {
  readonly #lab: LabClient;
  readonly #listeners = new Set<() => void>();
  readonly #changes = new Set<(vehicle: number, state: number, before: number) => void>();
  readonly #waves = new Map<number, FleetWave>();
  readonly #clock: () => number;
  readonly #unsubscribe: () => void;
  #news = NOTHING;
  #track: Track | undefined;
  #told = Number.NEGATIVE_INFINITY;
  #asked = 0;

  constructor(lab: LabClient, clock: () => number = () => performance.now()) {
    this.#lab = lab;
    this.#clock = clock;
    this.#unsubscribe = lab.onPush((push) => this.#take(push));
  }

  readonly get = (): FleetNews => this.#news;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** Of each vehicle's change of state, as it comes. */
  onChange(listener: (vehicle: number, state: number, before: number) => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }
  get track(): Track | undefined {
    return this.#track;
  }

  /** Opens the map of a run; asked again it goes on with what it has. A run that is still connecting has none yet. */
  async open(id: string, { isStarting = false }: { readonly isStarting?: boolean } = {}): Promise<void> {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const plan = await this.#lab.call('fleet.open', { id });
      if (turn !== this.#asked) return;
      if (plan === null) {
        if (this.#news.plan?.runId !== id) this.#become({ ...NOTHING, nothing: !isStarting });
        return;
      }
      const same = this.#news.plan?.runId === plan.runId && this.#news.plan.vehicles === plan.vehicles;
      if (!same) {
        this.#track = new Track(plan.vehicles, plan.width, plan.height);
        this.#waves.clear();
      }
      for (const wave of plan.waves) this.#waves.set(wave.wave, wave);
      this.#become({ ...(same ? this.#news : { ...NOTHING, plan }), error: null, nothing: false, waves: this.#newest() });
    } catch (error) {
      if (turn === this.#asked) this.#become({ ...this.#news, error: error as Error });
    }
  }

  /** No more pushes; what was seen stays. */
  close(id: string): void {
    this.#asked += 1;
    // The run may be over, or the connection gone: then there is nothing to end.
    this.#lab.call('fleet.close', { id }).catch(() => {});
  }

  end(): void {
    this.#unsubscribe();
    this.#listeners.clear();
    this.#changes.clear();
  }

  /** @throws LabError */
  async command(order: FleetOrder): Promise<FleetWave> {
    const { plan } = this.#news;
    if (plan === null) throw new Error('no run');
    const wave = await this.#lab.call('fleet.command', {
      id: plan.runId,
      kind: order.kind,
      target: 'members' in order.target ? { members: [...order.target.members] } : order.target,
      qos: order.qos,
      store: order.store,
    });
    // A push may have come before the answer, and says more.
    if (!this.#waves.has(wave.wave)) this.#wave(wave);
    return wave;
  }

  #take(push: WindowPush): void {
    const { plan } = this.#news;
    if (plan === null) return;
    if (push.push === 'wave' && push.id === plan.runId) this.#wave(push.wave);
    else if (push.push === 'fleet' && push.id === plan.runId && this.#track !== undefined) {
      const bytes = unpack(push.vehicles, plan.vehicles);
      if (bytes === undefined) return;
      const now = this.#clock();
      this.#track.take(bytes, now, (vehicle, state, before) => {
        for (const listener of this.#changes) listener(vehicle, state, before);
      });
      if (now - this.#told < TELL_EVERY) return;
      this.#told = now;
      this.#become({ ...this.#news, atMs: push.atMs, ...this.#counted(plan, this.#track) });
    }
  }

  #counted(plan: FleetPlan, track: Track): Pick<FleetNews, 'counts' | 'online' | 'away' | 'districts'> {
    const counts = Object.values(VEHICLE_STATE).map(() => 0);
    let online = 0;
    let away = 0;
    const districts = plan.districts.map(() => ({ vehicles: 0, online: 0, answered: 0 }));
    for (let i = 0; i < track.vehicles; i += 1) {
      const state = track.state[i]!;
      counts[state] = (counts[state] ?? 0) + 1;
      const isOnline = state !== VEHICLE_STATE.unknown && track.away[i] === 0;
      if (isOnline) online += 1;
      else if (state !== VEHICLE_STATE.unknown) away += 1;
      const district = districts[districtOf(plan, i) ?? -1];
      if (district === undefined) continue;
      district.vehicles += 1;
      if (isOnline) district.online += 1;
      if (state === VEHICLE_STATE.answered) district.answered += 1;
    }
    return { counts, online, away, districts };
  }

  #wave(wave: FleetWave): void {
    this.#waves.set(wave.wave, wave);
    const { plan } = this.#news;
    const counted = plan === null || this.#track === undefined ? {} : this.#counted(plan, this.#track);
    this.#become({ ...this.#news, ...counted, waves: this.#newest() });
  }

  #newest(): readonly FleetWave[] {
    return [...this.#waves.values()].sort((a, b) => b.wave - a.wave);
  }

  #become(news: FleetNews): void {
    this.#news = news;
    for (const listener of this.#listeners) listener();
  }
}

export type FleetOrder = Pick<FleetWave, 'kind' | 'target' | 'qos' | 'store'>;
