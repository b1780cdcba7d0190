/** The summary of a run for a terminal: pure, from the result to text. */
import type { RunResult } from '../protocol/result.ts';
import { createStyle } from './style.ts';
import { brokerSection } from './summaryBroker.ts';
import { credentialsSection } from './summaryCredentials.ts';
import {
  environmentSection,
  faultsSection,
  saturationSection,
  servicesSection,
  thresholdsSection,
} from './summaryEnvironment.ts';
import {
  latencySection,
  ledgerSection,
  loadSection,
  mappingSection,
  type Paper,
  verdictSection,
  wavesSection,
} from './summarySections.ts';
import { escapeText } from './text.ts';

export interface SummaryOptions {
  /** Columns of the terminal. Default 80; wider than 120 is not used, since figures far apart are hard to read. */
  readonly columns?: number;
  readonly color?: boolean;
  /** Where the run folder is, to be told at the end. */
  readonly folder?: string;
}

/** The whole summary, ending with a newline: the verdict with its reasons first, the run folder last. */
export function formatSummary(result: RunResult, options: SummaryOptions = {}): string {
  const paper: Paper = { width: Math.min(120, Math.max(72, options.columns ?? 80)), style: createStyle(options.color ?? false) };
  const sections = [
    verdictSection(result, paper),
    thresholdsSection(result, paper),
    loadSection(result, paper),
    brokerSection(result, paper),
    ledgerSection(result, paper),
    mappingSection(result, paper),
    ...result.paths.map((path) => latencySection(path, paper)),
    wavesSection(result, paper),
    servicesSection(result, paper),
    credentialsSection(result, paper),
    faultsSection(result, paper),
    saturationSection(result, paper),
    environmentSection(result, paper),
    options.folder === undefined ? [] : [`Run folder: ${escapeText(options.folder)}`],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
