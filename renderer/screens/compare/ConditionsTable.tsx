import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useEngineName } from '../../shared/engineName.ts';
import { type Format, useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';
import { RunLetter } from './RunLetter.tsx';
import type { Compared } from './runs.ts';
import { differing, environmentFacts, type Fact, scenarioFacts } from './sameness.ts';

/** Was the same thing run under the same conditions? Said plainly; what differs stands below. */
export function ConditionsTable({
  runs,
  baseline,
}: {
  readonly runs: readonly Compared[];
  readonly baseline: Compared;
}): ReactNode {
  const words = useText().compare;
  const format = useFormat();
  const engineName = useEngineName();
  const results = runs.map(({ result }) => result);
  const scenario = scenarioFacts(results, baseline.result);
  const environment = environmentFacts(results, baseline.result);
  const [otherScenario, otherEnvironment] = [differing(scenario), differing(environment)];
  const invalid = runs.filter(({ result }) => result.verdict === 'invalid');
  const alone = runs.length < 2;
  const rows = [...scenario, ...environment].filter(({ differs }) => differs.some(Boolean));
  return (
    <Panel title={words.conditions}>
      {alone ? (
        <p className="cw-conditions cw-dim">{words.alone}</p>
      ) : (
        <>
          <Said good={otherScenario.length === 0}>
            {otherScenario.length === 0
              ? words.sameScenario
              : words.otherScenario(otherScenario.map((key) => words.facts[key]).join(', '))}
          </Said>
          <Said good={otherEnvironment.length === 0}>
            {otherEnvironment.length === 0
              ? words.sameEnvironment
              : words.otherEnvironment(otherEnvironment.map((key) => words.facts[key]).join(', '))}
          </Said>
          {invalid.length > 0 && <Said good={false}>{words.invalid(invalid.map(({ letter }) => letter).join(', '))}</Said>}
        </>
      )}
      {rows.length > 0 && (
        <div className="cw-compare-room cw-conditions-room">
          <table className="cw-compare-table">
            <caption className="cw-compare-caption">{words.conditions}</caption>
            <thead>
              <tr>
                <th scope="col">{words.condition}</th>
                {runs.map((run) => (
                  <th key={run.id} scope="col">
                    <RunLetter letter={run.letter} place={run.place} />
                    {run === baseline && <span className="cw-dim"> {words.baseline}</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((fact) => (
                <tr key={fact.key}>
                  <th scope="row">{words.facts[fact.key]}</th>
                  {runs.map((run, index) => (
                    <td key={run.id} data-differs={fact.differs[index] || undefined}>
                      {fact.differs[index] && <IconAlertTriangle size={14} role="img" aria-label={words.differs} />}
                      <WireText text={valueText(fact, index, format, engineName)} limit={90} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function valueText({ key, values }: Fact<string>, index: number, format: Format, engineName: (engine: string) => string): string {
  const value = values[index] ?? '';
  if (value === '') return '–';
  if (key === 'engine' && value === 'embedded') return engineName(value);
  if (key === 'durationMs') return format.duration(Number(value));
  if (key === 'memoryMb') return format.bytes(Number(value) * 1024 * 1024);
  return key === 'sha256' ? value.slice(0, 12) : value;
}

function Said({ good, children }: { readonly good: boolean; readonly children: ReactNode }): ReactNode {
  const Icon = good ? IconCircleCheck : IconAlertTriangle;
  return (
    <p className="cw-conditions" data-good={good}>
      <Icon size={17} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
