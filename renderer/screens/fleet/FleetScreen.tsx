import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useViewportSize } from '@mantine/hooks';
import { IconLasso, IconMaximize, IconMinus, IconPlus, IconPresentation } from '@tabler/icons-react';
import {
  type CSSProperties,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { go, hrefOf } from '../../app/route.ts';
import { useLab } from '../../client/context.tsx';
import { isActive, useCurrentRun } from '../../client/currentRun.ts';
import { useLinkState } from '../../client/useLinkState.ts';
import { useShowError } from '../../client/useShowError.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dialogHasKeys } from '../../shared/dialogs.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { ScreenTitle } from '../../shared/ScreenTitle.tsx';
import { VerdictBadge } from '../../shared/VerdictBadge.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import { CommandPanel } from './CommandPanel.tsx';
import { FleetMap, type MapHandle } from './FleetMap.tsx';
import { FleetFeed } from './fleetFeed.ts';
import { Legend } from './Legend.tsx';
import { Presenter } from './Presenter.tsx';
import { StartPanel } from './StartPanel.tsx';
import type { Cover } from './scene.ts';
import type { Target } from './selection.ts';
import { VehiclePanel } from './VehiclePanel.tsx';
import { WavePanel } from './WavePanel.tsx';
import './fleet.css';

/** What lies on the map at its right: nothing; the card of a vehicle; the presentation, a share of the window. Pixels. */
const NOTHING: Cover = { pixels: 0, beside: false };
const CARD: Cover = { pixels: 336, beside: false };
const presented = (width: number): Cover => ({ pixels: Math.round(Math.min(540, Math.max(380, width * 0.29))), beside: true });

/** While a run is connecting it has no positions: asked again so often, milliseconds. */
const ASK_AGAIN = 1_000;

/** The fleet of the run under way on a drawn city; commands by hand, and the wave of their answers. */
export function FleetScreen({ argument: _ }: { readonly argument: string | undefined }): ReactNode {
  const lab = useLab();
  const link = useLinkState();
  const current = useCurrentRun();
  const texts = useText();
  const showError = useShowError();
  const text = texts.fleet;
  const format = useFormat();
  const [feed, setFeed] = useState<FleetFeed>();
  useEffect(() => {
    const made = new FleetFeed(lab);
    setFeed(made);
    return () => made.end();
  }, [lab]);
  const news = useSyncExternalStore(feed?.subscribe ?? noSubscription, feed?.get ?? nothing);

  const id = current?.status.id;
  const phase = current?.status.phase;
  const active = isActive(current);
  const isStarting = phase === 'starting' || phase === 'connecting';
  useEffect(() => {
    if (feed === undefined || id === undefined || !active || link !== 'open') return;
    void feed.open(id, { isStarting });
    const timer = isStarting ? setInterval(() => void feed.open(id, { isStarting }), ASK_AGAIN) : undefined;
    return () => clearInterval(timer);
  }, [feed, id, active, isStarting, link]);
  useEffect(() => {
    if (feed === undefined || id === undefined || !active) return;
    return () => feed.close(id);
  }, [feed, id, active]);

  const plan = news?.plan ?? null;
  const isOver = plan !== null && !(active && id === plan.runId);
  const [target, setTarget] = useState<Target>();
  const [lasso, setLasso] = useState(false);
  const [presenting, setPresenting] = useState(false);
  const [windowed, setWindowed] = useState(false);
  const map = useRef<MapHandle>(null);
  // Of another run are other vehicles.
  useEffect(() => {
    if (plan?.runId !== undefined) setTarget(undefined);
  }, [plan?.runId]);

  const single =
    !isOver && target !== undefined && 'members' in target && target.members.length === 1 ? target.members[0] : undefined;
  const { width } = useViewportSize();
  const covered = useMemo(
    () => (presenting ? presented(width) : single === undefined ? NOTHING : CARD),
    [presenting, width, single],
  );
  useEffect(() => {
    if (single !== undefined && !presenting) map.current?.reveal(single);
  }, [single, presenting]);

  const leave = useCallback((): void => {
    setPresenting(false);
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
  }, []);
  const present = (): void => {
    setPresenting(true);
    setLasso(false);
    setWindowed(false);
    // The whole page, so that palette and help can be seen. Where it may not fill the screen, the map fills the window.
    document.documentElement.requestFullscreen?.().catch(() => setWindowed(true));
  };
  useEffect(() => {
    // Esc in a dialog leaves the full screen, too, and closes the dialog before or after: the presentation goes on, in the window.
    const ended = (): void => {
      if (!document.fullscreenElement && !dialogHasKeys()) setPresenting(false);
    };
    document.addEventListener('fullscreenchange', ended);
    return () => document.removeEventListener('fullscreenchange', ended);
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'l' || event.key === 'L') setLasso((before) => !before);
      else if (event.key === 'Escape') setLasso(false);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const handle = useCallback((): MapHandle | null => map.current, []);

  if (feed === undefined || news === undefined || plan === null)
    return (
      <>
        <ScreenTitle title={texts.shell.screens.fleet} subtitle={text.subtitle} />
        {news?.error !== undefined && news.error !== null && active ? (
          <ErrorNotice error={news.error} retry={id === undefined ? undefined! : () => void feed?.open(id)} />
        ) : active && (isStarting || news?.nothing !== true) ? (
          <Panel>
            <EmptyState title={text.start.waiting} />
          </Panel>
        ) : active ? (
          <Panel>
            <EmptyState
              title={text.start.nothing}
              text={text.start.nothingText}
              action={{ label: text.start.showRun, onClick: () => go('run') }}
            />
          </Panel>
        ) : (
          <StartPanel />
        )}
      </>
    );

  const tools = [
    { name: text.map.nearer, icon: IconPlus, act: () => map.current?.zoom(1.4) },
    { name: text.map.farther, icon: IconMinus, act: () => map.current?.zoom(1 / 1.4) },
    { name: text.map.fit, icon: IconMaximize, act: () => map.current?.fit() },
  ];
  return (
    <>
      <ScreenTitle
        title={texts.shell.screens.fleet}
        subtitle={text.subtitle}
        actions={
          <>
            {!isOver && id !== undefined && (
              <Button
                size="xs"
                variant="subtle"
                onClick={() =>
                  void lab.call('runs.stop', { id }).catch((error: unknown) => showError(error, texts.shell.palette.notStopped))
                }
              >
                {text.start.stop}
              </Button>
            )}
            <Button size="xs" variant="light" leftSection={<IconPresentation size={16} />} disabled={isOver} onClick={present}>
              {text.present.start}
            </Button>
          </>
        }
      />
      {isOver && (
        <div className="cw-fleet-ended" role="status">
          <span>
            {text.ended.title} {current?.status.id === plan.runId && <VerdictBadge verdict={current.verdict} />}{' '}
            <a href={hrefOf('run', plan.runId)}>{text.ended.verdict}</a>
          </span>
          {!active && <StartPanel compact />}
        </div>
      )}
      <div className="cw-fleet">
        <div
          className="cw-fleet-stage"
          data-presenting={presenting || undefined}
          style={{ '--cw-covered': `${covered.pixels}px` } as CSSProperties}
        >
          <FleetMap
            feed={feed}
            plan={plan}
            target={isOver ? undefined : target}
            onTarget={setTarget}
            lasso={lasso}
            covered={covered}
            handle={map}
            label={text.map.label(format.count(plan.vehicles))}
          />
          <div className="cw-map-tools" role="toolbar" aria-label={text.map.tools}>
            {tools.map(({ name, icon: Icon, act }) => (
              <Tooltip key={name} label={name} position="right">
                <ActionIcon variant="default" size="lg" aria-label={name} onClick={act}>
                  <Icon size={18} />
                </ActionIcon>
              </Tooltip>
            ))}
            <Tooltip label={text.map.lasso} position="right">
              <ActionIcon
                variant={lasso ? 'filled' : 'default'}
                color="petrol"
                size="lg"
                aria-label={text.map.lasso}
                aria-pressed={lasso}
                onClick={() => setLasso(!lasso)}
              >
                <IconLasso size={18} />
              </ActionIcon>
            </Tooltip>
          </div>
          <Legend counts={news.counts} online={news.online} away={news.away} />
          <div className="cw-map-clock cw-number" aria-hidden="true">
            {format.clock(news.atMs)}
          </div>
          {isStarting && !isOver && (
            <p className="cw-map-note" role="status">
              {text.start.connecting(format.count(news.online), format.count(plan.vehicles))}
            </p>
          )}
          {single !== undefined && !presenting && (
            <div className="cw-fleet-card">
              <VehiclePanel
                key={single}
                runId={plan.runId}
                vehicle={single}
                isOver={isOver}
                onShow={() => map.current?.show(single)}
                onClose={() => setTarget(undefined)}
              />
            </div>
          )}
          {presenting && (
            <Presenter
              feed={feed}
              plan={plan}
              waves={news.waves}
              map={handle}
              windowed={windowed}
              onTarget={setTarget}
              onLeave={leave}
            />
          )}
        </div>
        <div className="cw-fleet-side">
          <CommandPanel
            plan={plan}
            target={target}
            isOver={isOver}
            onTarget={setTarget}
            onSend={(order) => feed.command(order)}
          />
          <WavePanel plan={plan} waves={news.waves} onTarget={setTarget} />
        </div>
      </div>
      {plan.districts.length > 0 && (
        <Panel title={text.table.title} hint={text.table.hint} flush className="cw-fleet-districts">
          <DataTable
            caption={text.table.title}
            rows={plan.districts.map((name, index) => ({ name, index, ...news.districts[index] }))}
            rowKey={({ index }) => String(index)}
            columns={[
              {
                key: 'name',
                label: text.table.district,
                sort: ({ index }) => index,
                render: ({ name, index }) => (
                  <button
                    type="button"
                    className="cw-fleet-district"
                    aria-label={text.table.choose(wirePlain(name, 40))}
                    onClick={() => setTarget({ district: index })}
                  >
                    <bdi>{wirePlain(name, 40)}</bdi>
                  </button>
                ),
              },
              ...(['vehicles', 'online', 'answered'] as const).map((key) => ({
                key,
                label: text.table[key],
                numeric: true,
                sort: (row: { readonly [name in typeof key]?: number }) => row[key] ?? null,
                render: (row: { readonly [name in typeof key]?: number }) => format.count(row[key]),
              })),
            ]}
          />
        </Panel>
      )}
    </>
  );
}

const noSubscription = (): (() => void) => () => {};
const nothing = (): undefined => undefined;
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [role="textbox"], [role="dialog"]') !== null;
