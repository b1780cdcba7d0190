import type { ReactNode } from 'react';
import type { RunResult } from '../../../core/protocol/result.ts';
import { useEngineName } from '../../shared/engineName.ts';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';

/** What was run, with what, on which machine. */
export function EnvironmentPanel({ result }: { readonly result: RunResult }): ReactNode {
  const words = useText().run.environment;
  const format = useFormat();
  const engineName = useEngineName();
  const { scenario, engine, environment, clients, saturation } = result;
  const rows: readonly (readonly [string, ReactNode])[] = [
    [words.machine, <WireText key="cpu" text={words.cores(environment.cpu, format.count(environment.cores))} limit={120} />],
    [words.memory, format.bytes(environment.memoryMb * 1024 * 1024)],
    [words.system, <WireText key="os" text={environment.os} />],
    ['Node.js', <WireText key="node" text={environment.node} />],
    ['Causeway', <WireText key="version" text={environment.causeway} />],
    [
      words.libraries,
      <WireText
        key="libraries"
        text={Object.entries(environment.dependencies)
          .map(([name, version]) => `${name} ${version}`)
          .join(', ')}
        limit={400}
      />,
    ],
    [
      words.engine,
      <WireText
        key="engine"
        text={[engine.title ?? engineName(engine.name), engine.address, engine.client, words.stored(engine.storage, engine.fsync)]
          .filter((part) => part !== undefined)
          .join(' · ')}
        limit={200}
      />,
    ],
    [
      words.threads,
      saturation.threads.map(({ thread, utilisation }) => `${thread} ${format.percent(utilisation, 0)}`).join(' · '),
    ],
    [
      words.clients,
      words.connected(
        format.count(clients.connected),
        format.count(clients.planned),
        format.duration(clients.connectMs),
        format.count(clients.reconnects),
        format.count(clients.refused),
      ),
    ],
    [words.seed, String(scenario.seed)],
    [words.scale, format.decimal(scenario.scale)],
    [
      words.overrides,
      scenario.overrides.length === 0 ? (
        words.noOverrides
      ) : (
        <WireText key="overrides" text={scenario.overrides.join(', ')} limit={400} mono />
      ),
    ],
    [words.hash, <WireText key="hash" text={scenario.sha256} limit={16} mono />],
    [words.run, <WireText key="run" text={result.runId} mono />],
  ];
  return (
    <Panel id="run-environment" title={words.title}>
      <dl className="cw-run-environment">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
