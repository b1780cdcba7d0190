/** The experiment of each row. */
import type { ChooseRowId } from '../../protocol/choose.ts';
import { churn } from './churn.ts';
import { commandOne } from './commandOne.ts';
import { connections } from './connections.ts';
import { consumption } from './consumption.ts';
import { control } from './control.ts';
import { credentials } from './credentials.ts';
import { deployment } from './deployment.ts';
import { fanOut } from './fanOut.ts';
import { languages } from './languages.ts';
import { chat, chatAnalysis, processing, reporting } from './scenarios.ts';
import { sequence } from './sequence.ts';
import type { Experiment } from './types.ts';
import { volume } from './volume.ts';

export const EXPERIMENTS: Readonly<Record<ChooseRowId, Experiment>> = {
  connections,
  volume,
  deployment,
  consumption,
  sequence,
  languages,
  credentials,
  churn,
  'fan-out': fanOut,
  'command-one': commandOne,
  reporting,
  processing,
  control,
  chat,
  'chat-analysis': chatAnalysis,
};
