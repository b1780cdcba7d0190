import { SegmentedControl, Switch } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { memo, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { LogEvent } from '../../../core/protocol/events.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText, useText } from '../../text/useText.tsx';
import './EventLog.css';

/** Lines that are drawn; the run's folder has them all. */
const MOST_LINES = 300;
const ICONS = { info: IconInfoCircle, warn: IconAlertTriangle, error: IconCircleX };
type Level = 'all' | 'warn' | 'error';
const LEVELS: readonly Level[] = ['all', 'warn', 'error'];
const shows = (level: Level, event: LogEvent): boolean =>
  level === 'all' || event.level === 'error' || (level === 'warn' && event.level === 'warn');

/** What happened and when. Following, it stays at its end, until somebody scrolls up. */
export const EventLog = memo(function EventLog({
  events,
  dropped,
  live,
}: {
  readonly events: readonly LogEvent[];
  /** Older lines that are no longer kept. */
  readonly dropped: number;
  readonly live: boolean;
}): ReactNode {
  const words = useText().run.events;
  const labText = useLabText();
  const format = useFormat();
  const [level, setLevel] = useState<Level>('all');
  const [follow, setFollow] = useState(live);
  const room = useRef<HTMLDivElement>(null);
  const { lines, hidden } = useMemo(() => {
    const found = events.filter((event) => shows(level, event));
    return { lines: found.slice(-MOST_LINES), hidden: Math.max(0, found.length - MOST_LINES) };
  }, [events, level]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines move the end
  useEffect(() => {
    if (follow && room.current !== null) room.current.scrollTop = room.current.scrollHeight;
  }, [follow, lines]);
  const older = hidden + dropped;
  return (
    <Panel
      id="run-events"
      title={words.title}
      hint={older > 0 ? words.older(format.count(older)) : undefined}
      flush
      actions={
        <>
          <Switch size="xs" label={words.follow} checked={follow} onChange={(event) => setFollow(event.currentTarget.checked)} />
          <SegmentedControl
            size="xs"
            aria-label={words.level}
            value={level}
            onChange={(value) => setLevel(value as Level)}
            data={LEVELS.map((value) => ({ value, label: words.levels[value] }))}
          />
        </>
      }
    >
      {lines.length === 0 ? (
        <EmptyState title={words.nothing} />
      ) : (
        // It scrolls, so it must be reachable by keyboard.
        <div
          className="cw-events"
          ref={room}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label={words.title}
          onWheel={(event) => {
            if (event.deltaY < 0) setFollow(false);
          }}
        >
          {lines.map((event, index) => {
            const Icon = ICONS[event.level];
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a log have no other name
              <div key={index} className="cw-event" data-level={event.level}>
                <span className="cw-number cw-dim">{format.clock(event.atMs)}</span>
                <Icon size={15} role="img" aria-label={words.levelNames[event.level]} />
                <span>
                  <WireText text={labText(event.text)} limit={300} />
                  {event.data !== undefined && (
                    <span className="cw-dim">
                      {' '}
                      <WireText text={JSON.stringify(event.data)} limit={120} mono />
                    </span>
                  )}
                </span>
              </div>
            );
          })}
        </div>
      )}
    </Panel>
  );
});
