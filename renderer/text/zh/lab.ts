/** What the lab says, in Chinese. */
import type { LabTemplates } from '../lab.ts';
import { actorParts, actors } from './labActors.ts';
import { crossing, crossingParts } from './labCrossing.ts';
import { errorHints, errorMessages } from './labErrors.ts';
import { eventParts, events } from './labEvents.ts';
import { explained, explainedParts } from './labExplain.ts';
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
    ...explained,
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
    ...explainedParts,
    ...expected,
    ...reasons,
  ],
};
