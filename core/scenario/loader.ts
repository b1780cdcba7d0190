/** From a file to a scenario that can be run, or to all its problems at once. Nothing is opened but the file itself. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { CausewayError, type Problem } from '../protocol/errors.ts';
import { MAX_SCENARIO_BYTES } from '../protocol/scenarioText.ts';
import { checkScenario } from './check.ts';
import type { Scenario } from './model.ts';
import { normalise } from './normalise.ts';
import { type AppliedOverride, applyOverride, type Override, ownerOf } from './overrides.ts';
import { type Finding, isCovered, type Place, type Report, withHint } from './problems.ts';
import { scaleScenario, withDuration, withSeed } from './scale.ts';
import type { ScenarioFile } from './schema.ts';
import { checkShape } from './shape.ts';
import { formatDuration } from './units.ts';
import { parseYaml } from './yamlText.ts';

/** What is asked of the file system; node:fs/promises where nothing else is given. */
export interface ScenarioFs {
  stat(path: string): Promise<{ readonly size: number; isFile(): boolean; isDirectory(): boolean }>;
  readFile(path: string): Promise<Uint8Array>;
}

export interface LoadOptions {
  /** From `--set path=value`, in order; the last one wins. */
  readonly overrides?: readonly Override[];
  /** Another length of the traffic, milliseconds; phases are stretched or shrunk to it. */
  readonly durationMs?: number;
  /** Factor on member counts, group counts and population-wide rates. Default 1. */
  readonly scale?: number;
  readonly seed?: number;
  readonly fs?: ScenarioFs;
}

export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly path: string;
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string;
  /** `path=value`, as given. */
  readonly overrides: readonly string[];
  readonly scale: number;
  readonly warnings: readonly Problem[];
}

const MAX_PROBLEMS = 100;
const OVERRIDE_PREFIX = '--set ';

function invalid(path: string, problems: readonly Problem[]): CausewayError {
  const sorted = [...problems].sort(
    (a, b) => Number(a.path !== path) - Number(b.path !== path) || a.line - b.line || a.column - b.column,
  );
  const distinct = sorted.filter((p, i) => i === 0 || JSON.stringify(p) !== JSON.stringify(sorted[i - 1]));
  const shown = distinct.slice(0, MAX_PROBLEMS);
  const rest = distinct.length - shown.length;
  const last = shown[shown.length - 1];
  if (rest > 0 && last !== undefined)
    shown.push({ path, line: last.line, column: last.column, message: `and ${rest} more problems` });
  return new CausewayError('input.invalid', { path, count: distinct.length }, { problems: shown });
}

function phaseProblem(file: ScenarioFile, repaired: readonly Place[]): string | undefined {
  if (repaired.some((place) => place[0] === 'duration' || place[0] === 'phases')) return undefined;
  if (file.duration === undefined || file.phases === undefined || file.phases.length === 0) return undefined;
  const sum = file.phases.reduce((total, phase) => total + phase.for, 0);
  if (Math.abs(sum - file.duration) < 1) return undefined;
  return `phases: they add up to ${formatDuration(sum)}, the duration is ${formatDuration(file.duration)}`;
}

/**
 * The scenario that a YAML text means. Pure.
 * @throws CausewayError input.invalid with all problems (line and column 1-based), input.argument for a bad scale, duration or seed
 */
export function parseScenario(text: string, path: string, options: LoadOptions = {}): LoadedScenario {
  const yaml = parseYaml(text);
  const fromText = yaml.problems.map((problem): Problem => ({ path, ...problem }));
  if (yaml.data === undefined) throw invalid(path, fromText);

  const problems: Problem[] = fromText;
  const applied: AppliedOverride[] = [];
  for (const override of options.overrides ?? []) {
    const result = applyOverride(yaml.data, override);
    if ('place' in result) applied.push(result);
    else
      problems.push({
        path: OVERRIDE_PREFIX + result.text,
        line: 1,
        column: result.column,
        ...withHint(result.message, result.hint),
      });
  }
  /** A finding as a problem of the file, or of the override that put the value there. */
  const toProblem = (finding: Finding): Problem => {
    const texts = withHint(finding.message, finding.hint);
    const owner = ownerOf(finding.place, applied);
    if (owner !== undefined) return { path: OVERRIDE_PREFIX + owner.text, line: 1, column: owner.column, ...texts };
    return { path, ...yaml.locate(finding.place, finding.at), ...texts };
  };

  const shape = checkShape(yaml.data);
  problems.push(...shape.findings.map(toProblem));
  if (shape.file === undefined) throw invalid(path, problems);
  const report: Report = (place, message, hint, at = 'value') => {
    if (!isCovered(place, shape.repaired)) problems.push(toProblem({ place, at, message, hint }));
  };
  const warnings: Problem[] = [];
  const warn: Report = (place, message, hint, at = 'value') => warnings.push(toProblem({ place, at, message, hint }));

  let scenario = normalise(shape.file, report);
  const phases = phaseProblem(shape.file, shape.repaired);
  if (phases !== undefined) report(['phases'], phases, 'leave duration out, and it is their sum', 'key');
  scenario = scaleScenario(scenario, options.scale ?? 1);
  if (options.durationMs !== undefined) scenario = withDuration(scenario, options.durationMs);
  if (options.seed !== undefined) scenario = withSeed(scenario, options.seed);
  checkScenario(scenario, { repaired: shape.repaired, report, warn, cut: options.durationMs !== undefined });
  if (problems.length > 0) throw invalid(path, problems);
  return {
    scenario,
    path,
    sha256: createHash('sha256').update(text).digest('hex'),
    overrides: applied.map((override) => override.text),
    scale: options.scale ?? 1,
    warnings,
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the path is too long',
};

function unreadable(path: string, reason: string, cause?: unknown): CausewayError {
  return new CausewayError('input.unreadable', { path, reason }, cause === undefined ? {} : { cause });
}

async function readText(path: string, fs: ScenarioFs): Promise<{ text: string; bytes: Uint8Array }> {
  let bytes: Uint8Array;
  try {
    const found = await fs.stat(path);
    if (found.isDirectory()) throw unreadable(path, 'it is a folder, not a file');
    // A named pipe or a device would be read for ever.
    if (!found.isFile()) throw unreadable(path, 'it is not a regular file');
    if (found.size > MAX_SCENARIO_BYTES)
      throw unreadable(path, `it has ${found.size} bytes, a scenario has at most ${MAX_SCENARIO_BYTES}`);
    bytes = await fs.readFile(path);
  } catch (error) {
    if (error instanceof CausewayError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw unreadable(path, REASONS[code] ?? (error instanceof Error ? error.message : String(error)), error);
  }
  // It may have grown since it was looked at.
  if (bytes.length > MAX_SCENARIO_BYTES) throw unreadable(path, `it has more than ${MAX_SCENARIO_BYTES} bytes`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { text, bytes };
  } catch {
    // Not UTF-8: said below.
  }
  throw unreadable(path, 'it is not a text file in UTF-8');
}

/**
 * Loads and checks a scenario file.
 * @throws CausewayError input.unreadable; input.invalid with all problems at once; input.argument for a bad scale, duration or seed
 */
export async function loadScenario(path: string, options: LoadOptions = {}): Promise<LoadedScenario> {
  const { text, bytes } = await readText(path, options.fs ?? { stat, readFile });
  const loaded = parseScenario(text, path, options);
  return { ...loaded, sha256: createHash('sha256').update(bytes).digest('hex') };
}
