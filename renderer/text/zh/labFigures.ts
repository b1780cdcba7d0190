/** Names of measured figures and values with their units, as they stand within reasons. */
import { ONE } from '../../../core/protocol/choose.ts';
import type { LabTemplate } from '../lab.ts';
import { FIGURES, UNITS } from './choose.ts';

export const figureParts: readonly LabTemplate[] = [
  ...Object.entries(FIGURES),
  ...Object.entries(UNITS).map(([unit, translated]): LabTemplate => [`{value} ${unit}`, `{value!} ${translated}`]),
  ...Object.entries(ONE).map(([unit, one]): LabTemplate => [`1 ${one}`, `1 ${UNITS[unit]}`]),
  ['{value} of {count}', '{value!} / {count!}'],
];
