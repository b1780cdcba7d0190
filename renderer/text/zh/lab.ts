/** What the lab says, in Chinese. */
import type { LabTemplates } from '../lab.ts';
import { errorHints, errorMessages } from './labErrors.ts';
import { notices, reasons } from './labReasons.ts';
import { expectations, verdictParts, verdicts } from './labVerdicts.ts';

export const lab: LabTemplates = {
  texts: [...errorMessages, ...errorHints, ...verdicts, ...expectations, ...notices],
  hints: [],
  parts: [...verdictParts, ...reasons],
};
