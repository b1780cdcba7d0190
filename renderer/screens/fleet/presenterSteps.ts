/** The five steps of the presentation: what each one does when the presenter says go. */
import type { FleetPlan } from '../../../core/protocol/fleet.ts';
import type { FleetOrder } from './fleetFeed.ts';
import type { Target } from './selection.ts';

export const STEPS = ['reports', 'one', 'district', 'all', 'tunnels'] as const;
export type Step = (typeof STEPS)[number];

/** What a step looks at, and what it sends; both decided when it is done. */
export interface StepPlan {
  readonly select: Target | undefined;
  readonly orders: readonly FleetOrder[];
  /** Vehicle to come closer to; undefined: the whole city. */
  readonly closeTo: number | undefined;
  /** Sent only when the presenter says go twice. */
  readonly confirm: boolean;
}

interface Places {
  readonly vehicles: number;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly away: ArrayLike<number>;
  readonly known: ArrayLike<number>;
}

/** The vehicle with network that is nearest to the middle of the city. */
export function central(plan: Pick<FleetPlan, 'width' | 'height'>, places: Places): number | undefined {
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < places.vehicles; i += 1) {
    if (places.known[i] !== 1 || places.away[i] === 1) continue;
    const distance = Math.hypot(places.x[i]! - plan.width / 2, places.y[i]! - plan.height * 0.42);
    if (distance >= least) continue;
    least = distance;
    best = i;
  }
  return best;
}

export function planStep(step: Step, plan: FleetPlan, places: Places): StepPlan {
  const nothing: StepPlan = { select: undefined, orders: [], closeTo: undefined, confirm: false };
  const can = (kind: FleetOrder['kind'], target: FleetPlan['targets'][number]): boolean =>
    plan.kinds.includes(kind) && plan.targets.includes(target);
  if (step === 'reports') return nothing;
  if (step === 'one') {
    const vehicle = central(plan, places);
    if (vehicle === undefined || !can('find', 'one')) return nothing;
    const target = { members: [vehicle] };
    return { ...nothing, select: target, closeTo: vehicle, orders: [{ kind: 'find', target, qos: 1, store: true }] };
  }
  if (step === 'district') {
    if (plan.districts.length === 0 || !can('notice', 'district')) return nothing;
    const target = { district: 0 };
    return { ...nothing, select: target, orders: [{ kind: 'notice', target, qos: 1, store: true }] };
  }
  if (step === 'all') {
    if (!can('stop', 'all')) return nothing;
    const target = { all: true } as const;
    return { ...nothing, select: target, confirm: true, orders: [{ kind: 'stop', target, qos: 1, store: true }] };
  }
  // Half of those without network get it when they are back, the other half never does.
  const away: number[] = [];
  for (let i = 0; i < places.vehicles; i += 1) if (places.known[i] === 1 && places.away[i] === 1) away.push(i);
  if (away.length === 0 || !can('notice', 'one')) return nothing;
  const kept = away.filter((_, index) => index % 2 === 0);
  const gone = away.filter((_, index) => index % 2 === 1);
  return {
    ...nothing,
    select: { members: away },
    // Those who will answer last: the map keeps showing what came of the newest wave.
    orders: [
      { kind: 'notice' as const, target: { members: gone }, qos: 1 as const, store: false },
      { kind: 'notice' as const, target: { members: kept }, qos: 1 as const, store: true },
    ].filter(({ target }) => target.members.length > 0),
  };
}
