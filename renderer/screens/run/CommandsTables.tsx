import type { ReactNode } from 'react';
import type { Wave } from '../../../core/protocol/result.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';

/** Does the scenario command anything? Then there is something to show. */
export const hasCommands = ({ status, result }: RunSnapshot): boolean =>
  status.services.some(({ commands }) => commands.length > 0) || (result?.waves.length ?? 0) > 0;

/** Commands and their answers; and of those to many, how soon 50, 95 and 100 % had answered. */
export function CommandsTables({ run }: { readonly run: RunSnapshot }): ReactNode {
  const words = useText().run.commands;
  const format = useFormat();
  const { result } = run;
  return (
    <Panel
      id="run-commands"
      title={words.title}
      hint={result === null ? words.soFar(format.count(run.totals.answers)) : words.hint}
      flush
    >
      {result === null ? (
        <p className="cw-later cw-dim">{words.later}</p>
      ) : (
        <>
          <DataTable
            caption={words.answers}
            columns={[
              { key: 'command', label: words.command, render: ({ command }) => <WireText text={command} limit={60} /> },
              { key: 'sent', label: words.sent, numeric: true, render: ({ sent }) => format.count(sent) },
              {
                key: 'answered',
                label: words.answered,
                numeric: true,
                render: ({ answered, expected }) => words.of(format.count(answered), format.count(expected)),
              },
              { key: 'p50', label: 'p50', numeric: true, render: ({ latency }) => format.latency(latency.p50) },
              { key: 'p95', label: 'p95', numeric: true, render: ({ latency }) => format.latency(latency.p95) },
              { key: 'p99', label: 'p99', numeric: true, render: ({ latency }) => format.latency(latency.p99) },
            ]}
            rows={result.answers}
            rowKey={({ command }) => command}
            empty={<p className="cw-later cw-dim">{words.noAnswers}</p>}
          />
          {result.waves.length > 0 && (
            <DataTable
              caption={words.waves}
              maxHeight={320}
              columns={[
                {
                  key: 'wave',
                  label: words.wave,
                  render: ({ command, sequence }: Wave) => (
                    <>
                      <WireText text={command} limit={60} /> <span className="cw-dim">#{format.count(sequence)}</span>
                    </>
                  ),
                },
                { key: 'target', label: words.target, render: ({ target }) => <WireText text={target} limit={40} /> },
                {
                  key: 'answered',
                  label: words.answered,
                  numeric: true,
                  render: ({ answered, expected }) => words.of(format.count(answered), format.count(expected)),
                },
                ...(['t50', 't95', 't100'] as const).map((key) => ({
                  key,
                  label: words.until(key.slice(1)),
                  numeric: true,
                  render: (wave: Wave) =>
                    wave[key] === null ? <span className="cw-dim">{words.notReached}</span> : format.latency(wave[key]),
                })),
              ]}
              rows={result.waves}
              rowKey={({ command, sequence }) => `${command} ${sequence}`}
            />
          )}
        </>
      )}
    </Panel>
  );
}
