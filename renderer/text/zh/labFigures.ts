/** Names of measured figures and values with their units, as they stand within reasons. */
import type { LabTemplate } from '../lab.ts';
import { FIGURES, UNITS } from './choose.ts';

export const figureParts: readonly LabTemplate[] = [
  ...Object.entries(FIGURES),
  ...Object.entries(UNITS).map(([unit, translated]): LabTemplate => [`{value} ${unit}`, `{value!} ${translated}`]),
  ['{value} of {count}', '{value!} / {count!}'],
];
