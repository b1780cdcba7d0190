/** Which vehicles a command goes to. */
import type { FleetPlan, FleetWave } from '../../../core/protocol/fleet.ts';

/** What `fleet.command` takes; undefined: nobody is chosen. */
export type Target = FleetWave['target'];

/** More vehicles than a command to chosen ones may name. */
export const MOST_MEMBERS = 5_000;

export const districtOf = (plan: Pick<FleetPlan, 'districts'>, vehicle: number): number | undefined =>
  plan.districts.length === 0 ? undefined : vehicle % plan.districts.length;

/** The chosen ones, `vehicle` put in or, where it is among them, taken out. */
export function toggled(target: Target | undefined, vehicle: number): Target | undefined {
  const members = target !== undefined && 'members' in target ? target.members : [];
  return membersTarget(members.includes(vehicle) ? members.filter((one) => one !== vehicle) : [...members, vehicle]);
}

/** Nobody: undefined. */
export function membersTarget(members: readonly number[]): Target | undefined {
  const all = [...new Set(members)].slice(0, MOST_MEMBERS);
  return all.length === 0 ? undefined : { members: all };
}

/** Does it mean this vehicle? */
export function includes(target: Target, plan: Pick<FleetPlan, 'districts'>, vehicle: number): boolean {
  if ('all' in target) return true;
  if ('district' in target) return districtOf(plan, vehicle) === target.district;
  return target.members.includes(vehicle);
}

/** One byte per vehicle: 1 where it is meant. */
export function marks(target: Target | undefined, plan: Pick<FleetPlan, 'districts' | 'vehicles'>): Uint8Array {
  const bytes = new Uint8Array(plan.vehicles);
  if (target === undefined) return bytes;
  if ('members' in target) {
    for (const member of target.members) if (member < plan.vehicles) bytes[member] = 1;
  } else for (let i = 0; i < plan.vehicles; i += 1) if (includes(target, plan, i)) bytes[i] = 1;
  return bytes;
}

export function sizeOf(target: Target, plan: Pick<FleetPlan, 'districts' | 'vehicles'>): number {
  if ('members' in target) return target.members.length;
  if ('all' in target) return plan.vehicles;
  const count = plan.districts.length;
  return count === 0 ? 0 : Math.floor(plan.vehicles / count) + (target.district < plan.vehicles % count ? 1 : 0);
}

/** Can the run's scenario send to such a target by hand? */
export function canTarget(target: Target, plan: Pick<FleetPlan, 'targets'>): boolean {
  return plan.targets.includes('members' in target ? 'one' : 'district' in target ? 'district' : 'all');
}
