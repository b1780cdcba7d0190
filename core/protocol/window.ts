/**
 * What crosses between the window (renderer) and the lab: calls with their answers, and pushes. JSON over a MessagePort
 * (desktop) or a WebSocket (browser). The lab parses every call once, here; it trusts nothing that a window says.
 */
import { z } from 'zod';
import { type ChooseAnswers, type ChoosePush, chooseCalls } from './choose.ts';
import type { LogEvent } from './events.ts';
import { type FleetAnswers, type FleetPush, fleetCalls, type WavePush } from './fleet.ts';
import type { Distribution, Frame, LiveMapping, RunResult } from './result.ts';

export type { Distribution, LiveMapping } from './result.ts';

/** Goes up when calls or pushes change their meaning; a window of another version is told to reload. */
export const WINDOW_VERSION = 1;

export interface WindowError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly problems?: readonly ScenarioProblem[];
}

/** Line and column 1-based. `path` is the file, or the override that put the value there. */
export interface ScenarioProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly suggestion?: string;
}

const engineName = z.enum(['embedded', 'kafka', 'rocketmq', 'rabbitmq']);
export type EngineName = z.infer<typeof engineName>;

/** Where an engine or an outside MQTT broker is. A secret never travels to the window: only whether there is one. */
const connectionSettings = z.strictObject({
  /** An empty one takes the place and its password out of the settings. */
  address: z.string().max(500),
  nameServer: z.string().max(500).optional(),
  user: z.string().max(200).optional(),
  /** Written only; kept in the system's key store where there is one, else for this session only. An empty text removes it. */
  password: z.string().max(500).optional(),
  tls: z.boolean().optional(),
});
export type ConnectionSettings = z.infer<typeof connectionSettings>;

const settingsPatch = z.strictObject({
  engines: z.partialRecord(engineName, connectionSettings).optional(),
  broker: connectionSettings.optional(),
  defaultEngine: engineName.optional(),
  /** Use the outside MQTT broker instead of the lab's gateway. */
  useBroker: z.boolean().optional(),
  language: z.enum(['system', 'en', 'zh']).optional(),
  theme: z.enum(['system', 'light', 'dark']).optional(),
});

export interface Settings {
  readonly engines: Readonly<
    Partial<Record<EngineName, Omit<ConnectionSettings, 'password'> & { readonly hasPassword: boolean }>>
  >;
  readonly broker: (Omit<ConnectionSettings, 'password'> & { readonly hasPassword: boolean }) | null;
  readonly defaultEngine: EngineName;
  readonly useBroker: boolean;
  readonly language: 'system' | 'en' | 'zh';
  readonly theme: 'system' | 'light' | 'dark';
  /** False: a password lasts until the lab ends, since the system has no key store. */
  readonly keepsPasswords: boolean;
  /** The file could not be read: the defaults apply. */
  readonly warning?: string;
}

export interface LabInfo {
  readonly version: string;
  readonly windowVersion: number;
  /** desktop: files are opened and saved with the system's dialogs. browser: by upload and download. */
  readonly host: 'desktop' | 'browser';
  readonly platform: string;
  readonly node: string;
  readonly electron: string | null;
  readonly cores: number;
  readonly runsFolder: string;
  readonly scenariosFolder: string;
  readonly engines: readonly EngineInfo[];
}

export interface EngineInfo {
  readonly name: EngineName;
  readonly title: string;
  readonly defaultAddress: string | null;
  /** Who does what is asked of an MQ (durable, keyOrder, broadcasting, delayed, filter, redelivery, deadLetter, history). */
  readonly abilities: Readonly<Record<string, 'yes' | 'by the lab' | 'with files' | 'no'>>;
}

export interface ScenarioEntry {
  readonly path: string;
  /** What to show: the scenario's own name, or the file's where it cannot be read. */
  readonly name: string;
  readonly description: string;
  readonly shipped: boolean;
  readonly clients: number | null;
  readonly durationMs: number | null;
  readonly messagesPerSecond: number | null;
  /** Why it cannot be run. */
  readonly problem: string | null;
}

/** What `causeway explain` says, for the editor and for the moment before a run. */
export interface ScenarioCheck {
  readonly problems: readonly ScenarioProblem[];
  readonly warnings: readonly ScenarioProblem[];
  /** null where there are problems. */
  readonly explanation: ScenarioExplanation | null;
}
export interface ScenarioExplanation {
  readonly name: string;
  readonly description: string;
  readonly engine: string;
  readonly clients: number;
  readonly trafficMs: number;
  readonly expectedMs: number;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly messages: number;
  readonly bytesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  readonly memoryMb: number;
  readonly localPorts: number;
  readonly populations: readonly {
    readonly name: string;
    readonly actor: string;
    readonly count: number;
    readonly clientId: string;
  }[];
  /** Who talks to whom, and what is checked, in sentences. */
  readonly talk: readonly string[];
  readonly checks: readonly string[];
}

export type RunPhase = 'starting' | 'connecting' | 'running' | 'paused' | 'draining' | 'done' | 'failed' | 'aborted';

/** Where the run of this lab stands; at most one runs at a time. */
export interface RunStatus {
  /** Names the run's folder, too. */
  readonly id: string;
  readonly scenario: string;
  readonly description: string;
  readonly engine: EngineName;
  /** The MQTT side: `gateway`, or the URL of an outside broker. */
  readonly broker: string;
  readonly phase: RunPhase;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly plannedClients: number;
  readonly populations: readonly { readonly name: string; readonly actor: string; readonly count: number }[];
  readonly services: readonly {
    readonly name: string;
    readonly consumes: readonly string[];
    readonly commands: readonly string[];
  }[];
  /** Is order promised up (an ordered consumer)? */
  readonly orderPromised: boolean;
  readonly thresholds: readonly { readonly text: string; readonly metric: string }[];
  /** Why it failed to run at all. */
  readonly error: WindowError | null;
}

/** Everything about one run, live or from its folder. `frames` are thinned to at most 2,400 by merging neighbours. */
export interface RunView {
  readonly status: RunStatus;
  readonly frames: readonly Frame[];
  readonly events: readonly LogEvent[];
  readonly distributions: readonly Distribution[];
  readonly mapping: LiveMapping;
  readonly result: RunResult | null;
  /** The scenario as it was run. */
  readonly scenarioText: string | null;
}

/** One line of the list of runs. */
export interface RunEntry {
  readonly id: string;
  readonly folder: string;
  readonly scenario: string;
  readonly startedAt: string;
  readonly verdict: 'pass' | 'fail' | 'invalid' | null;
  readonly engine: string;
  readonly clients: number;
  readonly trafficMs: number;
  readonly deliveredPerSecond: number;
  readonly lost: number;
  /** End to end, microseconds, of the busiest direction. */
  readonly p99: number | null;
  /** Why it cannot be shown, e.g. a damaged file. */
  readonly problem: string | null;
}

/** A property of a message on one side of the bridge, and where it went. */
export interface InspectArrow {
  /** e.g. qoslevel, cleansessionflag, mqttSecondTopic, mqttRealTopic, clientId, payload, topic, retain, or a user property. */
  readonly property: string;
  /** Where and with which value it stood on the way in; null: it was absent. Texts may be hostile. */
  readonly from: { readonly field: string; readonly value: string } | null;
  /** Where it stands on the way out; null: it does not travel. */
  readonly to: { readonly field: string; readonly value: string } | null;
  /** Nobody set it: a default of the mapping applied. */
  readonly isDefault: boolean;
  /** Stripped, ignored or refused where it was set. */
  readonly dropped: boolean;
  /** It does not travel, and had its effect all the same, e.g. it chose the receiver. */
  readonly used?: boolean;
  /** The rule in words. */
  readonly rule: string;
}
export interface MqttPacketView {
  readonly topic: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly clientId: string;
  readonly cleanSession: boolean | null;
  readonly payload: PayloadView;
  /** Of the device that sent or received it. */
  readonly subscription?: { readonly filter: string; readonly qos: number };
}
export interface MqMessageView {
  readonly topic: string;
  readonly key: string | null;
  readonly tag: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly partition: number;
  readonly offset: number;
  readonly payload: PayloadView;
}
/** At most the first 4,096 bytes; `text` where they are UTF-8 without control characters. */
export interface PayloadView {
  readonly bytes: number;
  readonly hex: string;
  readonly text: string | null;
}
export interface InspectResult {
  readonly direction: 'up' | 'down';
  readonly outcome: 'delivered' | 'stored-offline' | 'dropped' | 'refused' | 'dead-letter' | 'not-bridged';
  /** In a sentence: why, and which rule. */
  readonly reason: string;
  readonly mqttSent: MqttPacketView | null;
  readonly mq: MqMessageView | null;
  /** What devices received: each subscriber of the inspection. */
  readonly mqttReceived: readonly MqttPacketView[];
  readonly arrows: readonly InspectArrow[];
  readonly warnings: readonly string[];
  readonly tookMs: number;
}

const runOverrides = z.strictObject({
  durationMs: z.number().positive().optional(),
  scale: z.number().positive().optional(),
  seed: z.number().int().optional(),
  engine: engineName.optional(),
  set: z.array(z.string().max(2000)).max(50).optional(),
});
export type RunOverrides = z.infer<typeof runOverrides>;

const text = z.string().max(1_000_000);
const path = z.string().min(1).max(4096);
const id = z.string().min(1).max(200);
const payload = z.strictObject({ encoding: z.enum(['text', 'hex', 'base64']), value: z.string().max(400_000) });

/** The input of each call; its answer stands in `WindowAnswers`. */
export const windowCalls = {
  ...fleetCalls,
  ...chooseCalls,
  'lab.info': z.strictObject({}),
  'settings.get': z.strictObject({}),
  'settings.set': settingsPatch,
  /** Tries to reach an engine or the outside broker as set; answers in at most about ten seconds. */
  'settings.test': z.strictObject({ what: z.union([engineName, z.literal('broker')]) }),
  'scenarios.list': z.strictObject({}),
  'scenarios.read': z.strictObject({ path }),
  'scenarios.check': z.strictObject({ text, path: path.optional(), overrides: runOverrides.optional() }),
  /** Without a path: a new file of that name in the user's scenarios folder. Never over a shipped one. */
  'scenarios.save': z.strictObject({
    text,
    path: path.optional(),
    name: z.string().min(1).max(100).optional(),
    replace: z.boolean().optional(),
  }),
  'scenarios.remove': z.strictObject({ path }),
  /** Desktop only: the system's dialog; null: cancelled. */
  'scenarios.openDialog': z.strictObject({}),
  'scenarios.saveDialog': z.strictObject({ text, name: z.string().max(100) }),
  'scenarios.schema': z.strictObject({}),
  'runs.start': z.strictObject({
    scenario: z.union([z.strictObject({ path }), z.strictObject({ text, name: z.string().max(200) })]),
    overrides: runOverrides.optional(),
    /** The user has agreed that it goes beyond this machine; without it such a run is refused with `network.unconfirmed`. */
    allowNetwork: z.boolean().optional(),
  }),
  'runs.stop': z.strictObject({ id }),
  'runs.abort': z.strictObject({ id }),
  'runs.pause': z.strictObject({ id }),
  'runs.resume': z.strictObject({ id }),
  /** Damages the next `count` messages in the bridge: the verdict must notice. */
  'runs.inject': z.strictObject({
    id,
    inject: z.enum(['drop', 'duplicate', 'swap', 'corrupt', 'property']),
    direction: z.enum(['up', 'down']),
    count: z.number().int().min(1).max(1000),
  }),
  'runs.current': z.strictObject({}),
  'runs.list': z.strictObject({}),
  'runs.view': z.strictObject({ id }),
  /** Desktop only: a run folder from anywhere on the disk, by dialog; null: cancelled. */
  'runs.openDialog': z.strictObject({}),
  'runs.remove': z.strictObject({ id }),
  'runs.export': z.strictObject({ id, format: z.enum(['json', 'csv', 'html', 'junit', 'text']) }),
  'inspect.send': z.discriminatedUnion('side', [
    z.strictObject({
      side: z.literal('mqtt'),
      profile: z.enum(['strict', 'lenient']),
      topic: text,
      qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
      retain: z.boolean(),
      cleanSession: z.boolean(),
      clientId: text,
      payload,
    }),
    z.strictObject({
      side: z.literal('mq'),
      profile: z.enum(['strict', 'lenient']),
      topic: text,
      key: text.optional(),
      properties: z.record(z.string().max(1000), text),
      payload,
      /** The device that listens: what it subscribes to, and whether it is connected when the message comes. */
      device: z.strictObject({
        clientId: text,
        filter: text,
        qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
        online: z.boolean(),
        cleanSession: z.boolean(),
      }),
    }),
  ]),
} as const;

export type WindowCall = keyof typeof windowCalls;
export type WindowInput<C extends WindowCall> = z.input<(typeof windowCalls)[C]>;

export interface WindowAnswers extends FleetAnswers, ChooseAnswers {
  'lab.info': LabInfo;
  'settings.get': Settings;
  'settings.set': Settings;
  'settings.test': { readonly ok: boolean; readonly text: string; readonly hint: string | null };
  'scenarios.list': readonly ScenarioEntry[];
  'scenarios.read': { readonly path: string; readonly text: string; readonly shipped: boolean };
  'scenarios.check': ScenarioCheck;
  'scenarios.save': { readonly path: string };
  'scenarios.remove': null;
  'scenarios.openDialog': { readonly path: string; readonly text: string } | null;
  'scenarios.saveDialog': { readonly path: string } | null;
  /** JSON Schema of scenario files. */
  'scenarios.schema': unknown;
  'runs.start': RunStatus;
  'runs.stop': null;
  'runs.abort': null;
  'runs.pause': null;
  'runs.resume': null;
  'runs.inject': null;
  /** The run under way, or the last one of this lab; null: none yet. */
  'runs.current': RunView | null;
  'runs.list': readonly RunEntry[];
  'runs.view': RunView;
  'runs.openDialog': RunView | null;
  'runs.remove': null;
  'runs.export': { readonly fileName: string; readonly mediaType: string; readonly text: string };
  'inspect.send': InspectResult;
}

/** What the lab tells without being asked. */
export type WindowPush =
  | FleetPush
  | WavePush
  | ChoosePush
  | { readonly push: 'status'; readonly status: RunStatus }
  | { readonly push: 'frame'; readonly id: string; readonly frame: Frame }
  | { readonly push: 'event'; readonly id: string; readonly event: LogEvent }
  /** Once a second while traffic flows. */
  | { readonly push: 'live'; readonly id: string; readonly distributions: readonly Distribution[]; readonly mapping: LiveMapping }
  | { readonly push: 'result'; readonly id: string; readonly result: RunResult };

export const callMessageSchema = z.strictObject({
  call: z.string().max(60),
  seq: z.number().int().nonnegative(),
  input: z.unknown(),
});
/** Window to lab. */
export type CallMessage = z.infer<typeof callMessageSchema>;
/** Lab to window. */
export type LabMessage =
  | { readonly answer: number; readonly ok: true; readonly value: unknown }
  | { readonly answer: number; readonly ok: false; readonly error: WindowError }
  | WindowPush;
