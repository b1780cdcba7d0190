/** Bodies: do the generators make sense, for this actor and within the gateway's limit? */
import type { CheckContext } from './checkContext.ts';
import type { Body, Generator, Population } from './model.ts';
import { suggest } from './nearest.ts';
import { formatPlace, type Place, show } from './problems.ts';

/** Whose fields a body may use: a population's members, or a service (which has no route and no talk). */
export interface BodyOwner {
  readonly actor: Population['actor'] | 'service';
  /** Placeholders allowed in template fields, and the population they belong to. */
  readonly placeholders: readonly string[];
  readonly population: Population | undefined;
}

function rangeProblem(make: Generator): string | undefined {
  switch (make.kind) {
    case 'uniform':
      return make.min < make.max ? undefined : `min (${make.min}) must be below max (${make.max})`;
    case 'gaussian':
      if (!(make.deviation > 0)) return `deviation (${make.deviation}) must be above 0`;
      return make.min < make.max ? undefined : `min (${make.min}) must be below max (${make.max})`;
    case 'randomWalk':
      if (!(make.min < make.max)) return `min (${make.min}) must be below max (${make.max})`;
      if (!(make.step > 0)) return `step (${make.step}) must be above 0`;
      return make.start >= make.min && make.start <= make.max ? undefined : `start (${make.start}) must lie between min and max`;
    case 'choice':
      if (make.weights === undefined) return undefined;
      if (make.weights.length !== make.values.length) return `${make.weights.length} weights for ${make.values.length} values`;
      return make.weights.some((weight) => weight > 0) ? undefined : 'one of the weights must be above 0';
    default:
      return undefined;
  }
}

/** Has the value a measure of change? Words of a choice have: another word is a change. */
const canMove = (make: Generator): boolean =>
  ['sequence', 'uniform', 'gaussian', 'randomWalk', 'choice', 'timestamp'].includes(make.kind) ||
  (make.kind === 'route' && make.value !== 'street');

/** Bytes that a body comes to as JSON, estimated; the measuring stamp not included. */
export function bodyBytes(body: Body): number {
  let bytes = 2;
  for (const { field, make } of body) bytes += Buffer.byteLength(field) + 4 + valueBytes(make);
  return bytes;
}

function valueBytes(make: Generator): number {
  switch (make.kind) {
    case 'constant':
      return Buffer.byteLength(JSON.stringify(make.value));
    case 'choice':
      return Math.ceil(
        make.values.reduce<number>((sum, value) => sum + Buffer.byteLength(JSON.stringify(value)), 0) / make.values.length,
      );
    case 'uniform':
    case 'gaussian':
    case 'randomWalk':
      return String(Math.trunc(make.max)).length + (make.decimals > 0 ? make.decimals + 1 : 0);
    case 'sequence':
      return 6;
    case 'route':
      return make.value === 'street' ? 14 : 6;
    case 'timestamp':
      return 26;
    case 'text':
      return make.bytes + 2;
    case 'talk':
      return 32;
    case 'template':
      return Buffer.byteLength(make.text) + 2;
  }
}

/** Checks every field of a body. */
export function checkBody(context: CheckContext, body: Body, place: Place, owner: BodyOwner): void {
  for (const { field, make } of body) {
    const at = [...place, field];
    const problem = rangeProblem(make);
    if (problem !== undefined && context.sound([...at, make.kind]))
      context.report([...at, make.kind], `${formatPlace(at)}: ${problem}`);
    if (make.kind === 'route' || make.kind === 'talk') {
      const needed = make.kind === 'route' ? 'vehicle' : 'chat-user';
      const actorSound = owner.population === undefined || context.sound(['populations', owner.population.name, 'actor']);
      if (owner.actor !== needed && actorSound) {
        context.report(
          [...at, make.kind],
          `${formatPlace(at)}: the generator "${make.kind}" is only for actor ${needed}, this is a ${owner.actor}`,
          undefined,
          'key',
        );
      }
    }
    if (make.kind === 'template' && owner.population !== undefined) {
      context.knownPlaceholders(make.text, owner.placeholders, [...at, 'template'], owner.population);
    }
  }
  const bytes = bodyBytes(body);
  if (bytes > context.limits.payloadBytes) {
    context.report(
      place,
      `${formatPlace(place)}: about ${bytes} bytes, the gateway takes at most ${context.limits.payloadBytes}`,
    );
  }
}

/** Checks that `onChange` names a field of the body that can move. */
export function checkOnChange(context: CheckContext, field: string, body: Body, place: Place): void {
  const at = [...place, 'onChange', 'field'];
  if (!context.sound(at) || !context.sound([...place, 'body'])) return;
  const found = body.find((item) => item.field === field);
  if (found === undefined) {
    context.report(
      at,
      `${formatPlace(at)}: the body has no field ${show(field)}`,
      suggest(
        field,
        body.map((item) => item.field),
      ),
    );
  } else if (!canMove(found.make) && context.sound([...place, 'body', field])) {
    context.report(at, `${formatPlace(at)}: the field ${show(field)} has no measure of change (it is a ${found.make.kind})`);
  }
}
