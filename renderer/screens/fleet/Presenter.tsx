import { ActionIcon, Button } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconX } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { FleetPlan } from '../../../core/protocol/fleet.ts';
import { dialogHasKeys } from '../../shared/dialogs.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useText } from '../../text/useText.tsx';
import type { MapHandle } from './FleetMap.tsx';
import type { FleetFeed, FleetNews } from './fleetFeed.ts';
import { planStep, STEPS } from './presenterSteps.ts';
import type { Target } from './selection.ts';
import { WaveReadout } from './WaveReadout.tsx';

/** The presentation, over the map: five steps, one sentence each, all by keys. */
export function Presenter({
  feed,
  plan,
  waves,
  map,
  windowed,
  onTarget,
  onLeave,
}: {
  readonly feed: FleetFeed;
  readonly plan: FleetPlan;
  readonly waves: FleetNews['waves'];
  readonly map: () => MapHandle | null;
  /** Full screen was refused. */
  readonly windowed: boolean;
  readonly onTarget: (target: Target | undefined) => void;
  readonly onLeave: () => void;
}): ReactNode {
  const text = useText().fleet.present;
  const [index, setIndex] = useState(0);
  const [armed, setArmed] = useState(false);
  const [idle, setIdle] = useState(false);
  const [error, setError] = useState<Error>();
  /** The waves that this step has sent. */
  const [sent, setSent] = useState<readonly number[]>([]);
  const step = STEPS[index]!;

  const turn = useCallback(
    (to: number): void => {
      if (STEPS[to] === undefined) return;
      setIndex(to);
      setArmed(false);
      setIdle(false);
      setError(undefined);
      setSent([]);
      onTarget(undefined);
      map()?.fit();
    },
    [map, onTarget],
  );
  const act = useCallback(async (): Promise<void> => {
    const { track } = feed;
    if (track === undefined) return;
    const todo = planStep(step, plan, track);
    onTarget(todo.select);
    if (step === 'reports') {
      map()?.zoom(1.5);
      return;
    }
    setIdle(todo.orders.length === 0);
    if (todo.confirm && !armed) {
      setArmed(true);
      return;
    }
    setArmed(false);
    setError(undefined);
    if (todo.closeTo === undefined) map()?.fit();
    else map()?.show(todo.closeTo);
    try {
      const numbers: number[] = [];
      for (const order of todo.orders) numbers.push((await feed.command(order)).wave);
      setSent(numbers);
    } catch (thrown) {
      setError(thrown as Error);
    }
  }, [feed, plan, step, armed, map, onTarget]);
  const root = useRef<HTMLDivElement>(null);
  // The button that led here would take the space bar for a click on it.
  useEffect(() => {
    const before = document.activeElement;
    const here = root.current!;
    // Nor does a click on a button in here take the focus, and so the space bar.
    const keepFocus = (event: MouseEvent): void => {
      if (event.target instanceof Element && event.target.closest('button') !== null) event.preventDefault();
    };
    here.focus();
    here.addEventListener('mousedown', keepFocus);
    return () => {
      here.removeEventListener('mousedown', keepFocus);
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isForOthers(event)) return;
      if (event.key === 'Escape') onLeave();
      else if (event.key === 'ArrowRight' || event.key === 'PageDown') turn(index + 1);
      else if (event.key === 'ArrowLeft' || event.key === 'PageUp') turn(index - 1);
      else if (event.key === ' ') {
        if (event.repeat) return;
        void act();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    // Before the map and the buttons hear of it.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [act, turn, index, onLeave]);

  const [title, sentence] = text.steps[step] as [string, string];
  // The newest first: it is the one whose vehicles the map shows.
  const shown = waves.filter(({ wave }) => sent.includes(wave));
  return (
    <div ref={root} className="cw-present" tabIndex={-1}>
      <ActionIcon className="cw-present-leave" size="lg" variant="default" aria-label={text.leave} onClick={onLeave}>
        <IconX size={18} />
      </ActionIcon>
      <aside className="cw-present-waves" aria-label={text.waves}>
        {shown.map((wave) => (
          <WaveReadout
            key={wave.wave}
            wave={wave}
            big
            title={shown.length < 2 ? undefined : wave.store ? text.keptTitle : text.notKeptTitle}
          />
        ))}
      </aside>
      <section className="cw-present-caption" aria-live="polite" aria-label={text.step(index + 1, STEPS.length)}>
        <div className="cw-present-dots" aria-hidden="true">
          {STEPS.map((one) => (
            <i key={one} data-now={one === step || undefined} data-past={STEPS.indexOf(one) < index || undefined} />
          ))}
        </div>
        <h2>{title}</h2>
        <p>{armed ? text.again : idle ? text.cannot : sentence}</p>
        <div className="cw-present-keys">
          <ActionIcon aria-label={text.back} disabled={index === 0} onClick={() => turn(index - 1)}>
            <IconChevronLeft size={20} />
          </ActionIcon>
          <Button size="xs" variant={armed ? 'filled' : 'default'} color={armed ? 'red' : undefined!} onClick={() => void act()}>
            {text.act}
          </Button>
          <ActionIcon aria-label={text.next} disabled={index + 1 === STEPS.length} onClick={() => turn(index + 1)}>
            <IconChevronRight size={20} />
          </ActionIcon>
          <span className="cw-dim">{text.keys}</span>
          {windowed && <span className="cw-dim">{text.windowed}</span>}
        </div>
        {error !== undefined && <ErrorNotice error={error} />}
      </section>
    </div>
  );
}

/** Does the key belong to a field, a button or a dialog (palette, help) rather than to the presentation? */
function isForOthers({ target, key }: KeyboardEvent): boolean {
  if (dialogHasKeys()) return true;
  if (!(target instanceof Element)) return false;
  const theirs = 'input, textarea, select, [contenteditable="true"], [role="textbox"]';
  return target.closest(key === ' ' ? `${theirs}, button, a` : theirs) !== null;
}
