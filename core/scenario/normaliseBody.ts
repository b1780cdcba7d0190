/** Bodies: from the file's fields and generators to the model's. */
import { DEFAULTS } from './defaults.ts';
import type { Body, Generator } from './model.ts';
import { formatPlace, type Place, type Report } from './problems.ts';
import type { BodyFile, GeneratorFile } from './schema.ts';

function toGenerator(file: GeneratorFile, place: Place, report: Report): Generator {
  const given = Object.keys(file).filter((key) => file[key as keyof GeneratorFile] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none' : given.join(' and ');
    report(
      place,
      `${formatPlace(place)}: exactly one generator is needed, found ${found}`,
      'e.g. { uniform: { min: 0, max: 10 } }',
    );
  }
  const decimals = (n: number | undefined): number => n ?? DEFAULTS.decimals;
  const { sequence, uniform, gaussian, choice, randomWalk, route } = file;
  if (sequence !== undefined) return { kind: 'sequence', start: sequence.start ?? 0, step: sequence.step ?? 1 };
  if (uniform !== undefined) return { kind: 'uniform', min: uniform.min, max: uniform.max, decimals: decimals(uniform.decimals) };
  if (gaussian !== undefined) {
    const { mean, deviation } = gaussian;
    // Four deviations: one value in 16,000 is cut, and no sensor reports -80 degrees because a normal deviate may.
    const min = gaussian.min ?? mean - 4 * deviation;
    return {
      kind: 'gaussian',
      mean,
      deviation,
      min,
      max: gaussian.max ?? mean + 4 * deviation,
      decimals: decimals(gaussian.decimals),
    };
  }
  if (choice !== undefined) return { kind: 'choice', values: choice.values, weights: choice.weights };
  if (randomWalk !== undefined) {
    const { start, step, min, max } = randomWalk;
    return { kind: 'randomWalk', start, step, min, max, decimals: decimals(randomWalk.decimals) };
  }
  if (route !== undefined) return { kind: 'route', value: route };
  if (file.timestamp !== undefined) return { kind: 'timestamp' };
  if (file.text !== undefined) return { kind: 'text', bytes: file.text.bytes };
  if (file.talk !== undefined) return { kind: 'talk' };
  if (file.template !== undefined) return { kind: 'template', text: file.template };
  return { kind: 'constant', value: file.constant ?? null };
}

/** The body of a file as the model's: fields in their order, plain values as constants. */
export function toBody(file: BodyFile | undefined, place: Place, report: Report): Body {
  return Object.entries(file ?? {}).map(([field, make]) => ({
    field,
    make:
      typeof make === 'object' && make !== null
        ? toGenerator(make, [...place, field], report)
        : { kind: 'constant', value: make },
  }));
}
