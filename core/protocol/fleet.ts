/** The fleet map: what the window asks about the vehicles of a run, and what the lab tells of them. Part of window.ts. */
import { z } from 'zod';

const id = z.string().min(1).max(200);

/** lock: lock the doors. find: flash and sound the horn. route: take another route. stop: emergency stop. notice: over-the-air notice. */
export const COMMAND_KINDS = ['lock', 'find', 'route', 'stop', 'notice'] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

export const fleetCalls = {
  /** Starts the `fleet` pushes of the run under way to this window. */
  'fleet.open': z.strictObject({ id }),
  /** Ends them. */
  'fleet.close': z.strictObject({ id }),
  /** The command centre sends a command through MQ: P2P to each of `members` (indices), or one message to a district or to all. */
  'fleet.command': z.strictObject({
    id,
    kind: z.enum(COMMAND_KINDS),
    target: z.union([
      z.strictObject({ members: z.array(z.number().int().nonnegative()).min(1).max(5000) }),
      z.strictObject({ district: z.number().int().nonnegative() }),
      z.strictObject({ all: z.literal(true) }),
    ]),
    qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    /** P2P: the property cleansessionflag=false, i.e. keep it for a vehicle without network. District and all: their sessions decide. */
    store: z.boolean(),
    /** For a route: where to, metres from the south-western corner. Absent: a crossing drawn from the seed. */
    to: z.strictObject({ x: z.number().nonnegative(), y: z.number().nonnegative() }).optional(),
  }),
  'fleet.vehicle': z.strictObject({ id, index: z.number().int().nonnegative() }),
} as const;

export interface FleetAnswers {
  /** null: the run has no vehicles with positions, or is not under way. */
  'fleet.open': FleetPlan | null;
  'fleet.close': null;
  'fleet.command': FleetWave;
  'fleet.vehicle': FleetVehicle;
}

/** The drawn city, in metres from its south-western corner (y goes north), and who drives in it. */
export interface FleetPlan {
  readonly runId: string;
  readonly population: string;
  readonly vehicles: number;
  readonly width: number;
  readonly height: number;
  readonly river: { readonly south: number; readonly north: number };
  /** Pieces of street: from (x1, y1) to (x2, y2). */
  readonly roads: readonly {
    readonly x1: number;
    readonly y1: number;
    readonly x2: number;
    readonly y2: number;
    readonly street: 'ring' | 'avenue' | 'street';
    readonly kind: 'road' | 'bridge' | 'tunnel';
  }[];
  /** Names of the groups; vehicle i belongs to district i mod their number. Empty: no groups. */
  readonly districts: readonly string[];
  /** Where each of them lies: its vehicles mostly keep to it. */
  readonly areas: readonly { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number }[];
  /** Which of the five kinds the scenario can send, and to whom; both empty: its command centre takes no orders by hand. */
  readonly kinds: readonly CommandKind[];
  readonly targets: readonly ('one' | 'district' | 'all')[];
  /** Waves sent by hand so far in this run. */
  readonly waves: readonly FleetWave[];
}

/**
 * State of a vehicle as the command centre can know it. `answered` and `failed` stay until the vehicle's next command or the
 * next wave; `kept`: it has no network, and a command is kept for it.
 */
export const VEHICLE_STATE = { unknown: 0, online: 1, offline: 2, commanded: 3, answered: 4, failed: 5, kept: 6 } as const;

/** Beside the state: the vehicle has no network now. */
export const VEHICLE_AWAY = 16;

/** Bytes per vehicle in a `fleet` push. */
export const VEHICLE_BYTES = 8;

/**
 * Pushed at most four times a second. `vehicles` is base64 of VEHICLE_BYTES per vehicle in order of index, little endian:
 * uint16 x and uint16 y (share of width and height times 65,535), uint8 heading (degrees clockwise from north times
 * 256/360), uint8 state (VEHICLE_STATE, plus VEHICLE_AWAY), uint8 speed (km/h), uint8 age of the report (in 100 ms, 255: older or none).
 */
export interface FleetPush {
  readonly push: 'fleet';
  readonly id: string;
  /** Milliseconds since the start of traffic. */
  readonly atMs: number;
  readonly vehicles: string;
}

/** One order by hand and what came of it; pushed as it grows, at most four times a second. Times from the order, milliseconds. */
export interface FleetWave {
  readonly wave: number;
  readonly kind: CommandKind;
  readonly target: { readonly members: readonly number[] } | { readonly district: number } | { readonly all: true };
  readonly qos: 0 | 1 | 2;
  readonly store: boolean;
  readonly atMs: number;
  /** Vehicles addressed; messages that MQ has acknowledged (1 for a district or all). */
  readonly addressed: number;
  readonly sent: number;
  /** Vehicles to which the gateway has delivered, that are without network with the command kept for them, and that will never get it. */
  readonly delivered: number;
  readonly storedOffline: number;
  readonly dropped: number;
  /** Answers: done and refused together; of them refused. */
  readonly answered: number;
  readonly refused: number;
  readonly t50: number | null;
  readonly t95: number | null;
  readonly t100: number | null;
  /** Answer times: counts[i] took at most bounds[i] ms and more than the bound before. */
  readonly histogram: { readonly bounds: readonly number[]; readonly counts: readonly number[] };
}

export interface FleetVehicle {
  readonly index: number;
  readonly clientId: string;
  readonly district: string | null;
  readonly p2pTopic: string;
  readonly session: {
    readonly connected: boolean;
    readonly cleanSession: boolean;
    readonly subscriptions: readonly { readonly filter: string; readonly qos: number }[];
    /** Messages kept for it while it is away. */
    readonly queued: number;
  } | null;
  /** Newest first, at most 20. */
  readonly messages: readonly {
    readonly atMs: number;
    readonly direction: 'up' | 'down';
    readonly topic: string;
    readonly text: string;
    /** Milliseconds end to end, where it can be told. */
    readonly tookMs: number | null;
  }[];
  /** The way of its last report and of its last command: a name per hop and when it was passed, milliseconds since the first. */
  readonly path: readonly { readonly direction: 'up' | 'down'; readonly hop: string; readonly ms: number }[];
}

export type WavePush = { readonly push: 'wave'; readonly id: string; readonly wave: FleetWave };
