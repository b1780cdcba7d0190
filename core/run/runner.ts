/** One run: the lab is started, threads take their parts, traffic flows, drains, and is judged. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BRIDGE_GROUP } from '../bridge/bridge.ts';
import { createTamper, type FaultTamper } from '../bridge/tampers.ts';
import type { BridgeEvent, PathObserver } from '../bridge/types.ts';
import { nowUs } from '../clock.ts';
import type { BrokerConnection, BrokerFacts, ExternalGateway, ExternalStats } from '../external/externalGateway.ts';
import { Fleet, type HandCommand } from '../fleet/fleet.ts';
import type { Gateway, GatewayEvent, GatewayStats } from '../gateway/types.ts';
import { allocateResources, ResourceSampler } from '../measure/resources.ts';
import { emptyStamp, readStamp, type StampFields } from '../measure/stamp.ts';
import { TRACE_POINTS, TraceTable } from '../measure/traceTable.ts';
import type { ExternalConnection, MqConnection } from '../mq/connect.ts';
import { ENGINES } from '../mq/engines.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { LogEvent } from '../protocol/events.ts';
import type { FleetWave } from '../protocol/fleet.ts';
import type { Frame, LiveFigures, RunResult } from '../protocol/result.ts';
import type { LoadedScenario } from '../scenario/loader.ts';
import { isLoopback } from '../scenario/loopback.ts';
import type { Fault, Scenario } from '../scenario/model.ts';
import { readLimits } from '../swarm/limits.ts';
import { preflight } from '../swarm/preflight.ts';
import type { Endpoint } from '../swarm/types.ts';
import { Backlog } from './backlog.ts';
import { collectResult } from './collect.ts';
import { type DrainEnd, DrainWatch, LOOK_MS } from './drainWatch.ts';
import { environmentNow } from './environment.ts';
import { EventText } from './eventText.ts';
import { aboveQos, brokerConnection, withQosAtMost } from './externalBroker.ts';
import { externalConnection } from './externalMq.ts';
import { FrameMaker, type RunState } from './frames.ts';
import { type InstrumentMemory, Instruments } from './instruments.ts';
import { type BrokerLabOptions, type Lab, type LabOptions, startLab } from './lab.ts';
import { liveFigures } from './liveFigures.ts';
import { groupSuffix, planThreads, runIdText } from './plan.ts';
import { RunCredentials } from './runCredentials.ts';
import { StreamTable } from './streams.ts';
import { type ThreadReport, Threads } from './threads.ts';

export interface RunOptions {
  readonly loaded: LoadedScenario;
  /** Folder of the compiled worker entries. */
  readonly workersUrl: URL;
  /** Device threads; default: one for every core but one. */
  readonly threads?: number;
  /** Where an MQ with files keeps them; default: a temporary folder, removed at the end. */
  readonly outDir?: string;
  /** Where passwords named by the scenario are looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  onFrame(frame: Frame): void;
  onEvent(event: LogEvent): void;
  /** Once a second while traffic flows, and when it is over. */
  onLive?(figures: LiveFigures): void;
}

/** Damages the next `count` messages of a direction in the bridge. */
export type Injection = Pick<Fault, 'inject' | 'direction' | 'count'>;

export interface Run {
  /** @throws CausewayError of the infrastructure */
  readonly done: Promise<RunResult>;
  /** Ends traffic early, drains and finishes with a result. */
  stop(): void;
  /**
   * Stops new traffic, keeps clients connected and lets what is under way go on. The pause counts neither as traffic nor
   * in any latency: all that is due later is due so much later. @returns false when no traffic flows
   */
  pause(): boolean;
  /** @returns false when it is not paused */
  resume(): boolean;
  /** @returns false when there is no traffic to damage */
  inject(injection: Injection): boolean;
  /** Vehicles that a map can show; undefined: it has none. */
  readonly fleet: Fleet | undefined;
  /** Sends a command by hand. @returns undefined without a fleet @throws CausewayError run.state, fleet.refused */
  command(command: HandCommand): FleetWave | undefined;
  /** Ends everything at once, without a result. */
  abort(): Promise<void>;
}

type MqOptions = Pick<LabOptions, 'mq' | 'bridgeGroup' | 'ownGroups' | 'mqListen' | 'storage' | 'fsync' | 'folder'>;

const FRAME_MS = 250;
/** Between the order to go and the first message, so that every thread has heard it. */
const LEAD_US = 200_000;
/** The same after a pause: the threads are awake. */
const RESUME_LEAD_US = 50_000;
const LIVE_MS = 1000;
/** Connecting may take long, but must get on: so long without one more client is a failure. */
const STUCK_MS = 30_000;

export function startRun(options: RunOptions): Run {
  const run = new ScenarioRun(options);
  const done = run.execute();
  return {
    done,
    stop: () => run.stop(),
    pause: () => run.pause(),
    resume: () => run.resume(),
    inject: (injection) => run.inject(injection),
    fleet: run.fleet,
    command: (command) => run.command(command),
    abort: async () => {
      await run.abort();
      // What was just being opened is closed there.
      await done.catch(() => undefined);
    },
  };
}

class ScenarioRun {
  readonly #options: RunOptions;
  readonly #runId = randomInt(1, 2 ** 32 - 1);
  readonly #mainResources = allocateResources();
  readonly #sampler = new ResourceSampler(this.#mainResources, { wholeProcess: true });
  #state: RunState = 'connecting';
  #epochUs = Number.POSITIVE_INFINITY;
  readonly #beganUs = nowUs();
  #interrupted = false;
  #aborted = false;
  #closed = false;
  #endTraffic: () => void = () => undefined;
  #lab: RunLab | undefined;
  /** Set where the MQ is not the embedded one. */
  #external: ExternalConnection | undefined;
  readonly #backlog: Backlog;
  /** Ranges per stream that the bridge has published to a broker outside more than once. */
  readonly #resentByBridge = new Map<number, number[]>();
  #temporary: string | undefined;
  #threads: Threads | undefined;
  #frames: FrameMaker | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  #liveTimer: NodeJS.Timeout | undefined;
  #memories: readonly InstrumentMemory[] = [];
  readonly #faults: FaultTamper;
  readonly #faultsByHand = new Set<Fault>();
  readonly fleet: Fleet | undefined;
  #trace: TraceTable | undefined;
  #credentials: RunCredentials | undefined;
  #pausedAtUs: number | undefined;
  /** Length of the pauses that are over. */
  #pausedUs = 0;
  /** Told of every end of a pause. */
  #resumed: () => void = () => undefined;
  #revocations: { readonly timer: NodeJS.Timeout; readonly run: () => void; readonly atMs: number }[] = [];
  /** Waits under way: the end of the run ends them, so that none outlives it. */
  readonly #waits = new Map<NodeJS.Timeout, () => void>();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options.loaded.scenario);
    this.fleet = Fleet.of(options.loaded.scenario, () => this.#trace);
    this.#faults = createTamper(options.loaded.scenario.faults, {
      startUs: () => this.#epochUs + this.#pausedUs,
      // A message held back for a swap whose partner never came must arrive before the books are settled.
      ended: () => this.#state !== 'running',
    });
  }

  stop(): void {
    this.#interrupted = true;
    this.#endTraffic();
  }

  pause(): boolean {
    if (this.#state !== 'running' || this.#interrupted || this.#closed) return false;
    this.#pausedAtUs = Math.max(nowUs(), this.#epochUs);
    this.#state = 'paused';
    this.#threads!.post({ kind: 'pause', atUs: this.#pausedAtUs });
    for (const { timer } of this.#revocations) clearTimeout(timer);
    this.#event('info', 'paused: no new traffic');
    return true;
  }

  resume(): boolean {
    if (this.#state !== 'paused' || this.#closed) return false;
    this.#goOn(RESUME_LEAD_US);
    this.#event('info', 'traffic goes on');
    return true;
  }

  inject({ inject, direction, count }: Injection): boolean {
    if ((this.#state !== 'running' && this.#state !== 'paused') || this.#interrupted) return false;
    const fault: Fault = { inject, direction, count, atMs: 0, every: 1 };
    this.#faults.add(fault);
    this.#faultsByHand.add(fault);
    this.#event(
      'warn',
      `fault put in by hand, ${count === 1 ? 'next message' : `next ${count} messages`} ${direction}: ${inject}`,
    );
    return true;
  }

  /** Whoever put a fault in waits for a chip to turn red: where none did, this says why. */
  #tellIdleFaults(): void {
    for (const { fault, done } of this.#faults.pending()) {
      if (!this.#faultsByHand.has(fault)) continue;
      const { inject, direction, count } = fault;
      const why =
        inject === 'corrupt' ? 'a message without a body has nothing to corrupt' : 'no message came that it could act on';
      this.#event('warn', `fault put in by hand, ${direction}: ${inject} took effect on ${done} of ${count}: ${why}`);
    }
  }

  command(command: HandCommand): FleetWave | undefined {
    if (this.#state !== 'running' || this.#interrupted || this.#closed || nowUs() < this.#epochUs) {
      const ending = this.#interrupted || this.#closed;
      const phase = this.#state !== 'running' ? this.#state : ending ? 'draining' : 'connecting';
      throw new CausewayError('run.state', { what: 'command', phase });
    }
    const wave = this.fleet?.command(command);
    if (wave !== undefined) this.#event('info', `by hand: ${wave.kind} to ${wave.addressed} vehicle(s) at QoS ${wave.qos}`);
    return wave;
  }

  /** The end of a pause, `leadUs` from now. */
  #goOn(leadUs: number): void {
    const shiftUs = Math.max(0, nowUs() + leadUs - this.#pausedAtUs!);
    this.#pausedAtUs = undefined;
    this.#pausedUs += shiftUs;
    this.#state = 'running';
    this.#threads!.post({ kind: 'resume', shiftUs });
    this.#planRevocations(this.#revocations.splice(0));
    this.#resumed();
  }

  async abort(): Promise<void> {
    this.#aborted = true;
    this.#endTraffic();
    await this.#close(0);
  }

  async execute(): Promise<RunResult> {
    try {
      return await this.#run();
    } catch (error) {
      // Whatever broke first when everything was torn down: what counts is that somebody wanted it so.
      throw this.#aborted ? aborted() : error;
    } finally {
      await this.#close();
    }
  }

  async #run(): Promise<RunResult> {
    const { loaded: asked, workersUrl } = this.#options;
    const startedAt = new Date().toISOString();
    const clients = asked.scenario.populations.reduce((sum, p) => sum + p.count, 0);
    const broker = await brokerOf(asked, this.#env);
    const outside = broker === undefined ? {} : { loopback: isLoopback(broker.url.host) };
    const checks = preflight({ clients, inProcessServer: broker === undefined, ...outside }, readLimits());
    if (checks.problems[0] !== undefined) throw checks.problems[0];
    const secrets = readSecrets(asked, this.#env);

    const streams = new StreamTable(asked.scenario);
    const trace = TraceTable.create(streams.size);
    this.#trace = trace;
    const credentials = RunCredentials.of(asked.scenario);
    this.#credentials = credentials;
    // A full disk is no finding about the system under test: it ends the run.
    const storage = failure();
    const lab = await this.#startLab(asked, broker, credentials, {
      observer: this.#observer(trace),
      tamper: this.#faults.tamper,
      onStorageFailure: (error) => storage.reject(error),
    });
    this.#lab = lab;
    if (this.#aborted) throw aborted();
    const facts = 'broker' in lab.gateway ? lab.gateway.broker : undefined;
    const scenario = withQosAtMost(asked.scenario, facts?.maximumQos ?? 2);
    const loaded = { ...asked, scenario };
    this.#announce(lab, asked.scenario, facts);

    const memories = this.#startThreads(scenario, lab, trace, secrets, checks.localAddresses, workersUrl, credentials, broker);
    const threads = this.#threads!;
    this.fleet?.connect(lab.gateway, (message) => threads.post(message));
    this.#sampler.start();
    this.#memories = memories;
    this.#frames = new FrameMaker(memories, this.#mainResources);
    this.#frameTimer = setInterval(() => this.#frame(), FRAME_MS);
    if (this.#options.onLive !== undefined) this.#liveTimer = setInterval(() => this.#live(), LIVE_MS);

    const ended = new Promise<void>((resolve) => {
      this.#endTraffic = resolve;
    });
    if (this.#interrupted) this.#endTraffic();
    const ready = threads.ready();
    ready.catch(() => undefined);
    const before = await Promise.race([ready, ended, threads.failed(), storage.failed, this.#watchConnecting(clients)]);
    if (this.#aborted) throw aborted();
    const connectMs = before?.connectMs ?? (nowUs() - this.#beganUs) / 1000;
    if (before !== undefined) this.#event('info', `${clients} clients connected in ${Math.round(connectMs)} ms`);

    let trafficMs = 0;
    let drain: DrainEnd | undefined;
    if (before !== undefined) {
      this.#epochUs = nowUs() + LEAD_US;
      this.#state = 'running';
      this.fleet?.go(this.#epochUs);
      threads.post({ kind: 'go', epochUs: this.#epochUs });
      this.#planRevocations(this.#plannedRevocations());
      await Promise.race([ended, threads.failed(), storage.failed, this.#trafficOver(scenario.durationMs)]);
      if (this.#aborted) throw aborted();
      // What was due before the pause and could not be sent is not forgotten.
      if (this.#pausedAtUs !== undefined) this.#goOn(0);
      trafficMs = Math.max(0, Math.min(scenario.durationMs, this.#trafficUs() / 1000));
      this.#state = 'draining';
      this.#event('info', this.#interrupted ? 'stopped by the user; draining' : 'end of traffic; draining');
      threads.post({ kind: 'stop' });
      drain = await Promise.race([this.#drained(lab, clients), threads.failed(), storage.failed]);
    }
    if (this.#aborted) throw aborted();
    this.#state = 'done';
    this.#frame();
    clearInterval(this.#frameTimer);
    clearInterval(this.#liveTimer);
    const { connected, dismissed } = this.#frames.totals();
    const overrun = await lab.overrun();
    const reports: ThreadReport[] = await threads.finish();
    this.#live();
    const gatewayStats = lab.gateway.stats();
    const bridgeStats = lab.bridge.stats();
    const { notDrained } = await lab.close();
    if (notDrained > 0) this.#event('warn', `${notDrained} messages were still under way at the end`);
    this.#tellIdleFaults();
    await this.#sampler.close();

    const { result, warnings } = collectResult({
      loaded,
      runId: runIdText(this.#runId),
      environment: environmentNow(),
      startedAt,
      trafficMs,
      totalMs: (nowUs() - this.#beganUs) / 1000,
      connectMs,
      connected,
      interrupted: this.#interrupted,
      ...(drain === undefined ? {} : { drain }),
      reports,
      memories,
      mainResources: this.#mainResources,
      resentByBridge: this.#resentByBridge,
      overrun,
      gateway: gatewayStats,
      ...(facts === undefined ? {} : { broker: facts }),
      bridge: bridgeStats,
      faultsInjected: this.#faults.injected(),
      ...(credentials === undefined ? {} : { credentials: credentials.summary(credentialStats(gatewayStats), dismissed) }),
    });
    for (const warning of warnings) this.#event('warn', warning.text);
    return result;
  }

  /** @throws CausewayError of the lab, the engine or the broker */
  async #startLab(
    loaded: LoadedScenario,
    broker: BrokerConnection | undefined,
    credentials: RunCredentials | undefined,
    more: Pick<LabOptions, 'observer' | 'tamper' | 'onStorageFailure'>,
  ): Promise<RunLab> {
    const { gateway, populations } = loaded.scenario;
    const { profile, topics, limits, host, port } = gateway;
    const common = { profile, topics, limits, ...(await this.#mqOptions(loaded)), ...more, onEvent: this.#labEvents() };
    if (broker !== undefined) {
      // Names of the run's own: a bridge at work on the same broker neither loses messages to it nor takes them from it.
      const name = `causeway-${runIdText(this.#runId)}`;
      const options: BrokerLabOptions = {
        ...common,
        broker: { connection: broker, clientId: name, shareGroup: name, keepSession: false },
      };
      return startLab(options);
    }
    const transports = [...new Set(populations.map((p) => p.client.transport))];
    return startLab({
      ...common,
      listeners: transports.map((kind, i) => ({ kind, host, port: i === 0 ? port : 0 })),
      ...(credentials === undefined ? {} : { credentials: credentials.lab }),
    });
  }

  #announce(lab: RunLab, scenario: Scenario, facts: BrokerFacts | undefined): void {
    const { mqAddress } = lab;
    const mq = mqAddress === undefined ? this.#external!.address : `${mqAddress.host}:${mqAddress.port}`;
    const addresses = lab.gateway.addresses.map((a) => `${a.kind} ${a.host}:${a.port}`).join(', ');
    const shared = facts?.sharedSubscription === true ? ' by a shared subscription' : '';
    const gateway =
      facts === undefined ? `gateway on ${addresses}` : `broker at ${facts.url}, MQTT ${facts.mqtt} to the bridge${shared}`;
    this.#event('info', `${gateway}; ${ENGINES[scenario.mq.engine].title} on ${mq}`);
    for (const limit of facts?.limits ?? []) this.#event('warn', `the broker at ${facts!.url}: ${limit}`);
    const lowered = facts === undefined ? [] : aboveQos(scenario, facts.maximumQos);
    if (lowered.length > 0)
      this.#event('warn', `sent at QoS ${facts!.maximumQos}, as the broker grants no more: ${lowered.join(', ')}`);
  }

  /** Microseconds of traffic so far, pauses left out. */
  #trafficUs(): number {
    return (this.#pausedAtUs ?? nowUs()) - this.#epochUs - this.#pausedUs;
  }

  /** Resolves when traffic has flown for its time; it may be paused and resumed meanwhile. */
  async #trafficOver(durationMs: number): Promise<void> {
    while (!this.#closed) {
      if (this.#pausedAtUs === undefined) {
        const endUs = this.#epochUs + this.#pausedUs + durationMs * 1000;
        if (nowUs() >= endUs) return;
        await this.#until(endUs);
      } else {
        await new Promise<void>((resolve) => {
          this.#resumed = resolve;
        });
      }
    }
  }

  #plannedRevocations(): { readonly run: () => void; readonly atMs: number }[] {
    const credentials = this.#credentials;
    if (credentials === undefined) return [];
    return credentials.revocations().map(({ population, atMs, members }) => ({
      atMs,
      run: () => {
        if (this.#state !== 'running') return;
        credentials.revoke(population, members);
        this.#event('info', `${population.name}: the tokens of ${members.length} members are revoked`);
      },
    }));
  }

  /** They are due by the time of traffic; those that have been are left out. */
  #planRevocations(revocations: readonly { readonly run: () => void; readonly atMs: number }[]): void {
    const trafficMs = this.#trafficUs() / 1000;
    this.#revocations = revocations
      .filter(({ atMs }) => atMs > trafficMs)
      .map(({ run, atMs }) => ({ run, atMs, timer: setTimeout(run, atMs - trafficMs) }));
  }

  /** @throws CausewayError folder.unwritable, secret.missing, input.unreadable */
  async #mqOptions(loaded: LoadedScenario): Promise<MqOptions> {
    const { scenario } = loaded;
    const { mq, gateway } = scenario;
    if (mq.engine === 'embedded') {
      const { storage, fsync } = mq;
      const folder = storage === 'file' ? { folder: await this.#mqFolder() } : {};
      return { mqListen: { host: '127.0.0.1', port: 0 }, storage, fsync, ...folder };
    }
    this.#external = await externalConnection(mq, this.#env, dirname(loaded.path));
    const suffix = groupSuffix(scenario, this.#runId);
    const bridgeGroup = BRIDGE_GROUP + suffix;
    const down = gateway.topics.filter((t) => t.direction === 'down' || t.direction === 'both').map((t) => t.name);
    const services = scenario.services.flatMap(({ consume }) =>
      consume === undefined ? [] : [{ name: consume.group + suffix, topics: consume.topics }],
    );
    return {
      mq: this.#external,
      bridgeGroup,
      ownGroups: [{ name: bridgeGroup, topics: down }, ...services],
      storage: 'memory',
      fsync: 'never',
    };
  }

  /** One of this run's own: what an older run has left would be delivered to this one. @throws CausewayError folder.unwritable */
  async #mqFolder(): Promise<string> {
    const { outDir } = this.#options;
    const name = `mq-${runIdText(this.#runId)}`;
    if (outDir !== undefined) return join(outDir, name);
    try {
      this.#temporary = await mkdtemp(join(tmpdir(), 'causeway-'));
    } catch (error) {
      throw new CausewayError('folder.unwritable', { path: tmpdir(), reason: String(error) }, { cause: error });
    }
    return join(this.#temporary, name);
  }

  #startThreads(
    scenario: Scenario,
    lab: RunLab,
    trace: TraceTable,
    secrets: Record<string, string>,
    localAddresses: readonly string[],
    workersUrl: URL,
    credentials: RunCredentials | undefined,
    broker: BrokerConnection | undefined,
  ): InstrumentMemory[] {
    const plan = planThreads(scenario, environmentNow().cores, this.#options.threads);
    const threads = new Threads(workersUrl, plan.devices.length + plan.services.length, {
      onEvent: (thread, level, text) => this.#event(level, `${thread}: ${text}`),
      onHand: (waves) => this.fleet?.progress(waves),
      onOverheard: (messages) => this.fleet?.overheard(messages),
      ...(credentials === undefined ? {} : { tokensFor: (receivers) => credentials.tokensFor(receivers) }),
    });
    this.#threads = threads;
    const endpoints: Record<string, Endpoint> = {};
    const { addresses, ca, path } = lab.gateway;
    for (const { kind, host, port } of addresses) {
      const more = { ...(ca === undefined ? {} : { ca }), ...(path === undefined ? {} : { path }) };
      endpoints[kind] = { transport: kind, host, port, ...more };
    }
    const commands = scenario.services.reduce((sum, s) => sum + s.commands.length, 0);
    const memories: InstrumentMemory[] = [];
    const common = (name: string, answers: number) => {
      const instruments = Instruments.allocate(name, answers);
      memories.push(instruments);
      return { scenario, runId: this.#runId, trace: trace.memory, instruments };
    };
    // Accounts of the run are known to gateway and embedded MQ; an outside one has users of its own.
    const mq: MqConnection = this.#external ?? {
      engine: 'embedded',
      ...lab.mqAddress!,
      ...(credentials === undefined ? {} : { credentials: credentials.services }),
    };
    const forDevices = {
      ...(credentials === undefined ? {} : { credentials: credentials.devices }),
      ...(broker?.user === undefined ? {} : { login: loginOf(broker.user, broker.password) }),
    };
    for (const { name, services } of plan.services) {
      const fleet = this.fleet === undefined ? {} : { fleet: this.fleet.memory.buffer };
      const suffix = groupSuffix(scenario, this.#runId);
      threads.startServices({ ...common(name, commands), services, mq, groupSuffix: suffix, ...fleet });
    }
    // The services' memories are the first, and all so far.
    this.#backlog.watch([...memories]);
    for (const { name, slices } of plan.devices) {
      threads.startDevices({ ...common(name, 0), slices, endpoints, localAddresses, secrets, ...forDevices });
    }
    return memories;
  }

  /** Notes for every message when it passed gateway and bridge. Reads stream and sequence from the stamp, nothing else. */
  #observer(trace: TraceTable): PathObserver {
    const stamp = emptyStamp();
    /** True: it is one of this run. */
    const mark = (payload: Uint8Array, point: 0 | 1 | 2, atUs: number): boolean => {
      if (readStamp(payload, stamp) !== 'ok' || stamp.runId !== this.#runId) return false;
      trace.mark(stamp.stream, stamp.seq, point, atUs - this.#epochUs);
      return true;
    };
    const backlog = this.#backlog;
    const { fleet } = this;
    return {
      upReceived: (publish) => void mark(publish.payload, TRACE_POINTS.arrived, publish.receivedUs),
      upStored: (publish, atUs) => {
        if (mark(publish.payload, TRACE_POINTS.stored, atUs)) backlog.stored(publish.parent);
      },
      localReceived: (payload, atUs) => void mark(payload, TRACE_POINTS.arrived, atUs),
      downTaken: (delivery, atUs) => {
        if (!mark(delivery.body, TRACE_POINTS.taken, atUs)) return;
        if (delivery.deliveryCount === 1) backlog.taken();
        if (byHand(stamp)) fleet?.downTaken(stamp);
      },
      downResent: (payload) => {
        if (readStamp(payload, stamp) !== 'ok' || stamp.runId !== this.#runId) return;
        const seqs = this.#resentByBridge.get(stamp.stream) ?? [];
        this.#resentByBridge.set(stamp.stream, seqs);
        seqs.push(stamp.seq, stamp.seq);
      },
      ...(fleet === undefined
        ? {}
        : {
            downDelivered: (delivery, report) => {
              const own = readStamp(delivery.body, stamp) === 'ok' && stamp.runId === this.#runId;
              if (own && byHand(stamp)) fleet.downDelivered(stamp, report);
            },
          }),
    };
  }

  #labEvents(): (event: GatewayEvent | BridgeEvent) => void {
    const texts = new EventText();
    return (event) => {
      const line = texts.of(event);
      if (line !== undefined) this.#event(line.level, line.text);
    };
  }

  get #env(): Readonly<Record<string, string | undefined>> {
    return this.#options.env ?? process.env;
  }

  #live(): void {
    this.#options.onLive?.(liveFigures(this.#memories));
  }

  #frame(): void {
    if (this.#frames === undefined) return;
    const bridge = this.#lab?.bridge.stats();
    const hops = bridge === undefined ? undefined : { stored: bridge.up.stored, taken: bridge.down.taken };
    this.#options.onFrame(this.#frames.next(this.#atMs(), this.#state, hops));
  }

  /** Milliseconds since the start of traffic; while connecting, negative: since the start of the run, less the time it took so far. */
  #atMs(): number {
    return Number.isFinite(this.#epochUs) ? (nowUs() - this.#epochUs) / 1000 : -1;
  }

  #event(level: LogEvent['level'], text: string): void {
    this.#options.onEvent({ atMs: Math.round(this.#atMs()), level, text });
  }

  async #until(atUs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wait = setTimeout(
        () => {
          this.#waits.delete(wait);
          resolve();
        },
        Math.max(0, (atUs - nowUs()) / 1000),
      );
      this.#waits.set(wait, resolve);
    });
  }

  /** Rejects when connecting makes no progress. */
  async #watchConnecting(clients: number): Promise<never> {
    let best = 0;
    let movedUs = nowUs();
    for (;;) {
      await this.#until(nowUs() + 500_000);
      if (this.#state !== 'connecting' || this.#closed) return new Promise<never>(() => undefined);
      const { connected } = this.#frames!.totals();
      if (connected > best) {
        best = connected;
        movedUs = nowUs();
      }
      if ((nowUs() - movedUs) / 1000 > STUCK_MS) {
        throw new CausewayError('connect.stuck', { connected, clients, seconds: STUCK_MS / 1000 });
      }
    }
  }

  /** Resolves when the run is drained, with how that ended; undefined when it was given up. */
  async #drained(lab: RunLab, clients: number): Promise<DrainEnd | undefined> {
    const frames = this.#frames!;
    const watch = new DrainWatch();
    let most = 0;
    while (!this.#closed) {
      await this.#until(nowUs() + LOOK_MS * 1000);
      const lag = (await lab.lag().catch(() => 0)) ?? this.#backlog.behind;
      const totals = frames.totals();
      const { up } = lab.bridge.stats();
      // Clients that come and go are no progress, those that come back are.
      most = Math.max(most, totals.connected);
      const end = watch.look({
        progress: most + totals.offered + totals.acknowledged + up.stored + totals.up + totals.down + totals.device,
        settled:
          totals.pending === 0 &&
          totals.reacting === 0 &&
          totals.connected + totals.dismissed === clients &&
          up.inFlight === 0 &&
          lag === 0 &&
          (!('broker' in lab.gateway) || lab.gateway.idle()),
        beats: frames.beats(),
      });
      if (end === undefined) continue;
      if (end !== 'settled') {
        const what = end === 'stuck' ? 'nothing moves any more' : 'there is still something under way';
        const left = `${totals.pending} messages not acknowledged, ${clients - totals.connected - totals.dismissed} clients away, ${lag} behind at consumers`;
        this.#event('warn', `draining ended although ${what}: ${left}`);
      }
      return end;
    }
    return undefined;
  }

  async #close(drainMs?: number): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#revocations) clearTimeout(timer);
    this.#resumed();
    clearInterval(this.#liveTimer);
    clearInterval(this.#frameTimer);
    for (const [wait, end] of this.#waits) {
      clearTimeout(wait);
      end();
    }
    this.#waits.clear();
    await this.#sampler.close();
    await this.#threads?.close();
    await this.#lab?.close(drainMs);
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true });
  }
}

/** Of what a service sends: only a command by hand has the number of its wave. */
const byHand = ({ refStream, refSeq }: StampFields): boolean => refStream === 0 && refSeq > 0;

type RunLab = Lab<Gateway | ExternalGateway>;

/** The broker that the scenario names. @throws CausewayError secret.missing, input.unreadable */
async function brokerOf(
  { scenario, path }: LoadedScenario,
  env: Readonly<Record<string, string | undefined>>,
): Promise<BrokerConnection | undefined> {
  const { broker } = scenario.gateway;
  return broker === undefined ? undefined : brokerConnection(broker, env, dirname(path));
}

const credentialStats = (stats: GatewayStats | ExternalStats): GatewayStats['credentials'] =>
  'credentials' in stats ? stats.credentials : undefined;

const loginOf = (username: string, password: string | undefined): { username: string; password?: string } =>
  password === undefined ? { username } : { username, password };

/** A promise that only ever rejects. */
function failure(): { readonly failed: Promise<never>; readonly reject: (error: CausewayError) => void } {
  let reject: (error: CausewayError) => void = () => undefined;
  const failed = new Promise<never>((_, rejectIt) => {
    reject = rejectIt;
  });
  // It may come while nobody waits.
  failed.catch(() => undefined);
  return { failed, reject };
}

const aborted = (): CausewayError => new CausewayError('run.aborted');

/** Secrets named by the scenario. @throws CausewayError secret.missing */
function readSecrets(loaded: LoadedScenario, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const secrets: Record<string, string> = {};
  for (const { name, client } of loaded.scenario.populations) {
    if (client.passwordFrom === undefined) continue;
    const value = env[client.passwordFrom];
    if (value === undefined) {
      throw new CausewayError('secret.missing', { variable: client.passwordFrom, holder: `population ${name}` });
    }
    secrets[client.passwordFrom] = value;
  }
  return secrets;
}
