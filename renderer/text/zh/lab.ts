/** What the lab says, in Chinese. */
import type { LabTemplates } from '../lab.ts';
import { actorParts, actors } from './labActors.ts';
import { crossing, crossingParts } from './labCrossing.ts';
import { errorHints, errorMessages } from './labErrors.ts';
import { eventParts, events } from './labEvents.ts';
import { expected, hints } from './labHints.ts';
import { inspect, inspectParts } from './labInspect.ts';
import { problemParts, problems } from './labProblems.ts';
import { notices, reasons } from './labReasons.ts';
import { expectations, verdictParts, verdicts } from './labVerdicts.ts';

export const lab: LabTemplates = {
  texts: [
    ...errorMessages,
    ...errorHints,
    ...verdicts,
    ...expectations,
    ...events,
    ...crossing,
    ...inspect,
    ...problems,
    ...actors,
    ...notices,
  ],
  hints,
  parts: [
    ...verdictParts,
    ...eventParts,
    ...crossingParts,
    ...inspectParts,
    ...problemParts,
    ...actorParts,
    ...expected,
    ...reasons,
  ],
};
