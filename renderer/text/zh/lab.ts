/** What the lab says, in Chinese. */
import type { LabTemplates } from '../lab.ts';
import { crossing, crossingParts } from './labCrossing.ts';
import { errorHints, errorMessages } from './labErrors.ts';
import { eventParts, events } from './labEvents.ts';
import { inspect, inspectParts } from './labInspect.ts';
import { notices, reasons } from './labReasons.ts';
import { expectations, verdictParts, verdicts } from './labVerdicts.ts';

export const lab: LabTemplates = {
  texts: [...errorMessages, ...errorHints, ...verdicts, ...expectations, ...events, ...crossing, ...inspect, ...notices],
  hints: [],
  parts: [...verdictParts, ...eventParts, ...crossingParts, ...inspectParts, ...reasons],
};
