import { CausewayError } from '../protocol/errors.ts';
import type { Publication, ScheduleSpec } from '../scenario/model.ts';
import { Burst } from './burst.ts';
import { ClosedLoop } from './closedLoop.ts';
import { ConstantRate } from './constantRate.ts';
import { Periodic } from './periodic.ts';
import { type Phase, Warp, WarpedSchedule } from './phases.ts';
import { type PopulationContext, PopulationSchedule } from './populationSchedule.ts';
import { Ramp } from './ramp.ts';
import { Replay } from './replay.ts';
import type { Schedule } from './types.ts';

/** What a schedule depends on besides its spec. `durationUs` is real time; phases (if any) change the load within it. */
export interface ScheduleContext extends PopulationContext {
  readonly phases?: readonly Phase[];
}

/**
 * The schedule of one publication or command, for the members of this thread's slice. A service's command has count 1.
 * @throws CausewayError input.argument when a figure of the spec or the slice makes no sense
 */
export function createSchedule(spec: ScheduleSpec, context: ScheduleContext): Schedule {
  check(spec, context);
  return warped(spec, context);
}

/**
 * When members look whether a publication's watched field has moved far enough, each at a phase of its own; undefined
 * without onChange. Follows the phases like all load: in a pause nobody looks.
 */
export function createLookSchedule(publication: Publication, context: ScheduleContext): Schedule | undefined {
  if (publication.onChange === undefined) return undefined;
  return createSchedule(
    { kind: 'periodic', everyMs: publication.onChange.lookMs, jitter: 0 },
    { ...context, name: `${context.name}/look` },
  );
}

function warped(spec: ScheduleSpec, context: ScheduleContext): Schedule {
  const phases = context.phases ?? [];
  if (phases.length === 0) return plain(spec, context);
  const clock = new Warp(phases);
  // Inside, time is load time: a pause at the end must not let messages pile up on the edge of it.
  const inner = plain(spec, { ...context, durationUs: clock.toLoad(context.durationUs) });
  return new WarpedSchedule(inner, clock, context.durationUs);
}

function plain(spec: ScheduleSpec, context: PopulationContext): Schedule {
  switch (spec.kind) {
    case 'periodic':
      return new Periodic(spec.everyMs, spec.jitter, context);
    case 'closed':
      return new ClosedLoop(spec.thinkMs, context);
    case 'rate':
      return new PopulationSchedule(new ConstantRate(spec.perSecond), spec.pick, context);
    case 'ramp':
      return new PopulationSchedule(new Ramp(spec.from, spec.to, spec.overMs), spec.pick, context);
    case 'burst':
      return new PopulationSchedule(new Burst(spec.perSecond, spec.burstPerSecond, spec.everyMs, spec.forMs), spec.pick, context);
    case 'replay':
      return new PopulationSchedule(new Replay(spec.atMs), spec.pick, context);
  }
}

function check(spec: ScheduleSpec, context: PopulationContext): void {
  const { name, count, from, to } = context;
  const refuse = (field: string, value: number, expected: string): never => {
    throw new CausewayError('input.argument', {
      argument: `schedule of ${name}: ${field}`,
      value,
      reason: `it must be ${expected}`,
      expected: `give ${field} as ${expected}`,
    });
  };
  const atLeastZero = (field: string, value: number): void => {
    if (!(value >= 0 && Number.isFinite(value))) refuse(field, value, 'a number of 0 or more');
  };
  const positive = (field: string, value: number): void => {
    if (!(value > 0 && Number.isFinite(value))) refuse(field, value, 'a number above 0');
  };
  if (!(Number.isInteger(count) && count >= 1)) refuse('count', count, 'a whole number of 1 or more');
  if (!(Number.isInteger(from) && from >= 0 && from <= count)) refuse('from', from, `a whole number in 0..${count}`);
  if (!(Number.isInteger(to) && to >= from && to <= count)) refuse('to', to, `a whole number in ${from}..${count}`);
  switch (spec.kind) {
    case 'periodic':
      positive('everyMs', spec.everyMs);
      if (!(spec.jitter >= 0 && spec.jitter <= 1)) refuse('jitter', spec.jitter, 'a share in 0..1');
      break;
    case 'closed':
      atLeastZero('thinkMs', spec.thinkMs);
      break;
    case 'rate':
      positive('perSecond', spec.perSecond);
      break;
    case 'ramp':
      atLeastZero('from', spec.from);
      atLeastZero('to', spec.to);
      atLeastZero('overMs', spec.overMs);
      break;
    case 'burst':
      atLeastZero('perSecond', spec.perSecond);
      atLeastZero('burstPerSecond', spec.burstPerSecond);
      positive('everyMs', spec.everyMs);
      atLeastZero('forMs', spec.forMs);
      if (spec.forMs > spec.everyMs) refuse('forMs', spec.forMs, `at most everyMs (${spec.everyMs})`);
      break;
    case 'replay':
      for (const ms of spec.atMs) atLeastZero('atMs', ms);
      break;
  }
}
