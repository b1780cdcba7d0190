/** What the lab says, in Chinese. */
import type { LabTemplates } from '../lab.ts';
import { actorParts, actors } from './labActors.ts';
import { choose, chooseParts } from './labChoose.ts';
import { crossing, crossingParts } from './labCrossing.ts';
import { errorHints, errorMessages } from './labErrors.ts';
import { eventParts, events } from './labEvents.ts';
import { explained, explainedParts } from './labExplain.ts';
import { figureParts } from './labFigures.ts';
import { expected, hints } from './labHints.ts';
import { inspect, inspectParts } from './labInspect.ts';
import { measured, measuredParts } from './labMeasured.ts';
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
    ...choose,
    ...measured,
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
    ...chooseParts,
    ...measuredParts,
    ...figureParts,
    ...expected,
    ...reasons,
  ],
};
