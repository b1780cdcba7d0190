/** The colours of the map. States differ in shape and lightness, too; hues are told apart by colour-blind people. */
import { VEHICLE_STATE } from '../../../core/protocol/fleet.ts';

export interface MapColors {
  readonly beyond: string;
  readonly land: string;
  /** Offices, dwellings, suburbs. */
  readonly blocks: readonly [string, string, string];
  readonly fields: readonly [string, string];
  readonly tree: string;
  /** Roads outside of the city. */
  readonly country: string;
  /** Light over the big roads by night. */
  readonly glow: string | undefined;
  readonly building: string;
  readonly park: string;
  readonly water: readonly [deep: string, shore: string];
  readonly ripple: string;
  readonly casing: string;
  readonly street: string;
  readonly avenue: string;
  readonly ring: string;
  readonly bridge: string;
  readonly tunnel: string;
  readonly lasso: string;
  /** Of districts: lines, names, and the chosen one. */
  readonly district: string;
  readonly name: string;
  readonly chosen: string;
  readonly halo: number;
  /** By VEHICLE_STATE. */
  readonly states: readonly string[];
}

export const DARK: MapColors = {
  beyond: '#0b1318',
  land: '#0f1920',
  blocks: ['#1b2d3b', '#172733', '#14222b'],
  fields: ['#0e1a1a', '#10191f'],
  tree: '#163426',
  country: '#1b282f',
  glow: 'rgb(255 186 92 / 7%)',
  building: '#213542',
  park: '#13301f',
  water: ['#0b3046', '#10465f'],
  ripple: 'rgb(126 205 230 / 13%)',
  casing: '#0b1217',
  street: '#2b3e49',
  avenue: '#4a5750',
  ring: '#7d6a3c',
  bridge: '#8b9ca2',
  tunnel: '#6c8390',
  lasso: '#ffffff',
  district: 'rgb(170 196 208 / 55%)',
  name: '#a3b8c2',
  chosen: '#4fd1c5',
  halo: 0xffffff,
  states: ['#000000', '#58bdf2', '#c3d0d6', '#ffc13d', '#5df0b0', '#ff7ac0', '#ffc13d'],
};

export const LIGHT: MapColors = {
  beyond: '#e3eadf',
  land: '#f0f2ef',
  blocks: ['#dfdee0', '#e5e6e4', '#eaebe6'],
  fields: ['#dbe6d0', '#e9e7d2'],
  tree: '#b3d3ab',
  country: '#f3f4ef',
  glow: undefined,
  building: '#d3d6d6',
  park: '#cbe4c4',
  water: ['#9fcbe0', '#bcdcea'],
  ripple: 'rgb(255 255 255 / 45%)',
  casing: '#cdd7d9',
  street: '#fbfcfc',
  avenue: '#ffffff',
  ring: '#ffe6b0',
  bridge: '#5d6c72',
  tunnel: '#8b9aa1',
  lasso: '#182125',
  district: 'rgb(70 92 101 / 60%)',
  name: '#4d6069',
  chosen: '#0f766e',
  halo: 0x182125,
  states: ['#ffffff', '#1565b8', '#3d4a50', '#c65a00', '#00734f', '#b3126f', '#c65a00'],
};

/** What the legend lists of commands, in its order; network comes first. */
export const LEGEND = [
  { state: VEHICLE_STATE.commanded, name: 'commanded' },
  { state: VEHICLE_STATE.kept, name: 'kept' },
  { state: VEHICLE_STATE.answered, name: 'answered' },
  { state: VEHICLE_STATE.failed, name: 'failed' },
] as const;

/**
 * Outlines in a square of 32 units, heading north; one per VEHICLE_STATE. Filled, but for the ring of one without network; a
 * ring with a dot in it: a command is kept for it.
 */
export const SHAPES: readonly { readonly path: string; readonly stroke?: number }[] = [
  { path: '' },
  { path: 'M16 3 L26 28 L16 22.500 L6 28 Z' },
  { path: 'M16 6 A10 10 0 1 1 15.990 6 Z', stroke: 5 },
  { path: 'M16 2 L28 16 L16 30 L4 16 Z' },
  { path: 'M16 4 A12 12 0 1 1 15.990 4 Z' },
  { path: 'M9 4 L16 11 L23 4 L28 9 L21 16 L28 23 L23 28 L16 21 L9 28 L4 23 L11 16 L4 9 Z' },
  { path: 'M16 2 A14 14 0 1 1 15.990 2 Z M16 7 A9 9 0 1 0 16.010 7 Z M16 11 A5 5 0 1 1 15.990 11 Z' },
];
