import { Button } from '@mantine/core';
import { IconEye, IconPlayerPlayFilled } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { go, hrefOf } from '../../app/route.ts';
import { isActive, useCurrentRun } from '../../client/currentRun.ts';
import { useCall } from '../../client/useCall.ts';
import { useStartRun } from '../../client/useStartRun.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useText } from '../../text/useText.tsx';
import './HomeScreen.css';
import { MoreScenarios } from './MoreScenarios.tsx';
import { ChatPicture, SensorsPicture, VehiclesPicture } from './pictures.tsx';
import { RecentRuns } from './RecentRuns.tsx';
import { ScenarioCard } from './ScenarioCard.tsx';

/** The file names of the big three; and of the demo, which is for the map. */
const CARDS = [
  ['iov-fleet', VehiclesPicture],
  ['iot-sensors', SensorsPicture],
  ['chat-rooms', ChatPicture],
] as const;
const DEMO = 'iov-demo';
const isFile = (path: string, name: string): boolean => new RegExp(`(^|[/\\\\])${name}\\.ya?ml$`).test(path);

export function HomeScreen(_: { readonly argument: string | undefined }): ReactNode {
  const text = useText().home;
  const desktop = useCall('lab.info', {}).data?.host === 'desktop';
  const { data: scenarios, error, reload } = useCall('scenarios.list', {});
  const current = useCurrentRun();
  const { start, starting, error: startError } = useStartRun();
  const [asked, setAsked] = useState<string>();
  const [runs, setRuns] = useState<number>();
  const active = isActive(current);
  const shipped = (name: string) => scenarios?.find((entry) => entry.shipped && isFile(entry.path, name));
  const demo = shipped(DEMO);
  const run = (path: string): void => {
    setAsked(path);
    void start({ scenario: { path } }, path === demo?.path ? 'fleet' : 'run');
  };
  const others = (scenarios ?? []).filter((entry) => !CARDS.some(([name]) => entry === shipped(name)));

  return (
    <div className="cw-home">
      <section className="cw-hero">
        <div className="cw-hero-text">
          <h1 tabIndex={-1} data-screen-title>
            {text.headline}
          </h1>
          <p>{text.lead}</p>
          <nav className="cw-ways" aria-label={text.waysLabel}>
            <span className="cw-dim">{text.waysLabel}</span>
            {text.ways.map(([screen, question]) => (
              <a key={screen} href={hrefOf(screen)}>
                {question}
              </a>
            ))}
          </nav>
        </div>
        {active ? (
          <Button size="lg" leftSection={<IconEye size={20} />} onClick={() => go('run')}>
            {text.showRun}
          </Button>
        ) : (
          <Button
            size="lg"
            leftSection={<IconPlayerPlayFilled size={18} />}
            loading={starting && asked === demo?.path}
            disabled={demo === undefined || demo.problem !== null}
            onClick={() => demo !== undefined && run(demo.path)}
          >
            {text.demo}
          </Button>
        )}
      </section>
      {error !== undefined && scenarios === undefined && <ErrorNotice error={error} retry={reload} />}
      {startError !== undefined && <ErrorNotice error={startError} />}
      {active && <p className="cw-home-note cw-dim">{text.oneAtATime}</p>}
      <div className="cw-cards">
        {CARDS.map(([name, Picture]) => {
          const entry = shipped(name);
          return (
            <ScenarioCard
              key={name}
              title={text.cards[name].title}
              sentence={text.cards[name].text}
              picture={<Picture />}
              entry={entry}
              loading={scenarios === undefined && error === undefined}
              primary={false}
              starting={starting && asked === entry?.path}
              disabled={active || starting}
              onRun={run}
            />
          );
        })}
      </div>
      {runs === 0 && (
        <section className="cw-see" aria-label={text.see.title}>
          <h2>{text.see.title}</h2>
          <dl>
            {text.see.items.map(([what, how]) => (
              <div key={what}>
                <dt>{what}</dt>
                <dd className="cw-dim">{how}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <div className="cw-home-lists">
        <RecentRuns desktop={desktop} onCount={setRuns} />
        <MoreScenarios scenarios={others} disabled={active || starting} onRun={run} />
      </div>
    </div>
  );
}
