import type { ScheduleSpec } from '../../../core/scenario/model.ts';
import { createSchedule, type ScheduleContext } from '../../../core/schedule/create.ts';
import type { Due, Schedule } from '../../../core/schedule/types.ts';

/** All events of a schedule, at most `limit`. */
export function collect(schedule: Schedule, limit = 1_000_000): Due[] {
  const events: Due[] = [];
  const out: Due = { atUs: 0, actor: 0 };
  while (events.length < limit && schedule.next(out)) events.push({ ...out });
  return events;
}

/** The events of a spec for a whole population, with context fields changed as given. */
export function events(spec: ScheduleSpec, changes: Partial<ScheduleContext> = {}): Due[] {
  const count = changes.count ?? 10;
  return collect(createSchedule(spec, { seed: 7, name: 'p.m', count, from: 0, to: count, durationUs: 10_000_000, ...changes }));
}
