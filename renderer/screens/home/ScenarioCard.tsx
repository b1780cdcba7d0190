import { Button } from '@mantine/core';
import { IconPlayerPlayFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ScenarioEntry } from '../../../core/protocol/window.ts';
import { hrefOf } from '../../app/route.ts';
import { useFormat } from '../../shared/format.ts';
import { useText } from '../../text/useText.tsx';

/** One of the big three: what it simulates, how much of it, and one button. */
export function ScenarioCard({
  title,
  sentence,
  picture,
  entry,
  loading,
  primary,
  starting,
  disabled,
  onRun,
}: {
  readonly title: string;
  readonly sentence: string;
  readonly picture: ReactNode;
  /** undefined: not installed. */
  readonly entry: ScenarioEntry | undefined;
  /** Not known yet whether it is installed. */
  readonly loading: boolean;
  readonly primary: boolean;
  readonly starting: boolean;
  readonly disabled: boolean;
  readonly onRun: (path: string) => void;
}): ReactNode {
  const { home: text, shared } = useText();
  const format = useFormat();
  return (
    <article className="cw-card">
      {picture}
      <h2>{title}</h2>
      <p className="cw-dim">{sentence}</p>
      {entry === undefined ? (
        <p className="cw-card-foot cw-dim">{loading ? shared.loading : text.missing}</p>
      ) : (
        <div className="cw-card-foot">
          <span className="cw-card-facts cw-number">
            <span>
              <b>{format.count(entry.clients)}</b> {text.clients}
            </span>
            <span>
              <b>{format.rate(entry.messagesPerSecond)}</b>
            </span>
            <span>
              <b>{format.duration(entry.durationMs)}</b> {text.duration}
            </span>
          </span>
          <span className="cw-card-actions">
            <a href={hrefOf('editor', entry.path)} aria-label={`${text.look}: ${title}`}>
              {text.look}
            </a>
            <Button
              variant={primary ? 'filled' : 'light'}
              leftSection={<IconPlayerPlayFilled size={14} aria-hidden="true" />}
              aria-label={text.runNamed(title)}
              loading={starting}
              disabled={disabled || entry.problem !== null}
              onClick={() => onRun(entry.path)}
            >
              {text.run}
            </Button>
          </span>
        </div>
      )}
    </article>
  );
}
