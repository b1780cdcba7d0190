import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import type { Direction } from '../../../core/protocol/result.ts';
import { DistributionChart } from '../../charts/DistributionChart.tsx';
import type { ChartSeries } from '../../charts/points.ts';
import { TimeChart } from '../../charts/TimeChart.tsx';
import { useEngineName } from '../../shared/engineName.ts';
import { useFormat } from '../../shared/format.ts';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import { directionLook } from '../../theme/directions.ts';
import { deliveredPerSecond, latencyOver, overlay } from './overlay.ts';
import { type Compared, lookOf } from './runs.ts';

const HEIGHT = 230;
const DIRECTIONS: readonly Direction[] = ['up', 'down', 'device'];

/** The runs over each other: throughput, latency over time, latency by percentile. */
export function CompareCharts({ runs }: { readonly runs: readonly Compared[] }): ReactNode {
  const texts = useText();
  const words = texts.compare;
  const format = useFormat();
  const engineName = useEngineName();
  const directions = DIRECTIONS.filter((direction) =>
    runs.some(({ result }) => result.paths.some((path) => path.direction === direction && path.endToEnd.count > 0)),
  );
  const [chosen, setDirection] = useState<Direction>('up');
  const direction = directions.includes(chosen) ? chosen : (directions[0] ?? 'up');
  const laid = useMemo(() => overlay(runs.map(({ view }) => view.frames)), [runs]);
  const named = useMemo(
    () =>
      runs.map((run) => ({
        key: run.letter,
        label: `${run.letter} ${wirePlain(run.result.scenario.name, 30)}, ${engineName(run.result.engine.name)}`,
        ...lookOf(run),
      })),
    [runs, engineName],
  );
  const throughput = useMemo(
    (): ChartSeries[] => named.map((one, index) => ({ ...one, values: deliveredPerSecond(laid.spans[index] ?? []) })),
    [named, laid],
  );
  const latency = useMemo(
    (): ChartSeries[] =>
      named.map((one, index) => ({
        ...one,
        values: latencyOver(laid.spans[index] ?? [], direction, 'p99'),
        merge: 'max' as const,
      })),
    [named, laid, direction],
  );
  const curves = useMemo(
    () =>
      named.flatMap((one, index) => {
        const distribution = runs[index]?.view.distributions.find((of) => of.direction === direction);
        return distribution === undefined ? [] : [{ ...one, distribution }];
      }),
    [named, runs, direction],
  );
  const switcher =
    directions.length < 2 ? undefined : (
      <SegmentedControl
        size="xs"
        aria-label={words.direction}
        value={direction}
        onChange={(value) => setDirection(value as Direction)}
        data={directions.map((value) => ({ value, label: `${directionLook[value].arrow} ${texts.shared.directions[value]}` }))}
      />
    );
  const of = `${directionLook[direction].arrow} ${texts.shared.directions[direction]}`;
  return (
    <>
      {switcher !== undefined && (
        <div className="cw-compare-switch">
          <span className="cw-dim">{words.latencyOf}</span>
          {switcher}
        </div>
      )}
      <div className="cw-compare-charts">
        <TimeChart
          title={words.throughput}
          hint={words.aligned}
          times={laid.times}
          series={throughput}
          format={format.rate}
          height={HEIGHT}
        />
        <TimeChart
          title={words.latency(of)}
          hint={words.worst(format.duration(laid.widthMs))}
          times={laid.times}
          series={latency}
          format={format.latency}
          axisFormat={format.latency}
          scale="log"
          height={HEIGHT}
        />
        <DistributionChart title={words.distribution(of)} series={curves} height={HEIGHT} />
      </div>
    </>
  );
}
