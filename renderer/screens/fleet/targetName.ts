import type { FleetPlan } from '../../../core/protocol/fleet.ts';
import { useFormat } from '../../shared/format.ts';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import { sizeOf, type Target } from './selection.ts';

/** Whom a target means, in words. Names of districts come from the scenario. */
export function useTargetName(plan: FleetPlan): (target: Target) => string {
  const text = useText().fleet.select;
  const format = useFormat();
  return (target) => {
    const size = sizeOf(target, plan);
    if ('all' in target) return text.everyone(format.count(size));
    const vehicles = text.vehicles(size, format.count(size));
    if ('members' in target) return vehicles;
    return `${text.named(wirePlain(plan.districts[target.district] ?? String(target.district), 40))} · ${vehicles}`;
  };
}
