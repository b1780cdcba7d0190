/** What the lab says, in Chinese. */
import type { LabTemplates } from '../lab.ts';
import { errorHints, errorMessages } from './labErrors.ts';
import { notices, reasons } from './labReasons.ts';

export const lab: LabTemplates = {
  texts: [...errorMessages, ...errorHints, ...notices],
  hints: [],
  parts: [...reasons],
};
