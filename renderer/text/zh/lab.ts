/** What the lab says, in Chinese. */
import type { LabTemplates } from '../lab.ts';
import { errorHints, errorMessages } from './labErrors.ts';

export const lab: LabTemplates = {
  texts: [...errorMessages, ...errorHints],
  hints: [],
  parts: [],
};
