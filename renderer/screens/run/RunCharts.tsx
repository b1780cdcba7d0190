import { memo, type ReactNode, useCallback, useMemo } from 'react';
import type { Direction, Frame, RunResult } from '../../../core/protocol/result.ts';
import type { Distribution } from '../../../core/protocol/window.ts';
import { DistributionChart } from '../../charts/DistributionChart.tsx';
import { percentileName } from '../../charts/distribution.ts';
import type { ChartSeries } from '../../charts/points.ts';
import { TimeChart } from '../../charts/TimeChart.tsx';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { directionsOf, percentiles, rates, type Span, spansOf, windowMs } from '../../live/series.ts';
import { useFormat } from '../../shared/format.ts';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import { directionLook, SERIES_COLORS } from '../../theme/directions.ts';
import { latencyLimits } from './threshold.ts';

interface Windows {
  readonly spans: readonly Span[];
  readonly times: readonly number[];
  readonly width: number;
  readonly directions: readonly Direction[];
}

export function useWindows(frames: readonly Frame[]): Windows {
  return useMemo(() => {
    const width = windowMs(frames);
    const spans = spansOf(frames, width);
    return { spans, times: spans.map(({ atMs }) => atMs), width, directions: directionsOf(frames) };
  }, [frames]);
}

interface Drawn {
  readonly windows: Windows;
}

/** What was due, sent, acknowledged, and delivered in each direction, a second. */
export const ThroughputChart = memo(function ThroughputChart({ windows }: Drawn): ReactNode {
  const texts = useText();
  const words = texts.run.charts;
  const format = useFormat();
  const series = useMemo((): ChartSeries[] => {
    const { spans, directions } = windows;
    return [
      { key: 'offered', label: words.offered, color: 'var(--cw-offered)', area: true, values: rates(spans, 'offered') },
      { key: 'sent', label: words.sent, color: SERIES_COLORS[2] as string, dash: '1 3', values: rates(spans, 'sent') },
      { key: 'acknowledged', label: words.acknowledged, color: SERIES_COLORS[4] as string, values: rates(spans, 'acknowledged') },
      ...directions.map((direction) => ({
        key: direction,
        label: words.delivered(`${directionLook[direction].arrow} ${texts.shared.directions[direction]}`),
        color: directionLook[direction].color,
        dash: directionLook[direction].dash,
        values: rates(spans, direction),
      })),
    ];
  }, [windows, words, texts]);
  return (
    <TimeChart
      id="run-throughput"
      title={words.throughput}
      hint={words.throughputHint}
      times={windows.times}
      series={series}
      format={format.rate}
      height={CHART_HEIGHT}
    />
  );
});

const CHART_HEIGHT = 222;

/** A direction's colour, weaker: its median beside its p99. */
const weaker = (color: string): string => `color-mix(in srgb, ${color} 55%, var(--cw-panel))`;

/** p50 and p99 of each direction over time. */
export const LatencyChart = memo(function LatencyChart({ windows }: Drawn): ReactNode {
  const texts = useText();
  const words = texts.run.charts;
  const format = useFormat();
  const series = useMemo(
    (): ChartSeries[] =>
      windows.directions.flatMap((direction) =>
        (['p50', 'p99'] as const).map((which) => ({
          key: `${direction}-${which}`,
          label: `${directionLook[direction].arrow} ${texts.shared.directions[direction]} ${which}`,
          color: which === 'p99' ? directionLook[direction].color : weaker(directionLook[direction].color),
          dash: directionLook[direction].dash,
          values: percentiles(windows.spans, direction, which),
          merge: 'max' as const,
        })),
      ),
    [windows, texts],
  );
  return (
    <TimeChart
      id="run-latency"
      title={words.latency}
      hint={windows.width > 250 ? words.worst(format.duration(windows.width)) : words.endToEnd}
      times={windows.times}
      series={series}
      format={format.latency}
      axisFormat={format.latency}
      scale="log"
      height={CHART_HEIGHT}
    />
  );
});

/** How long deliveries took, and what the scenario allows: its limits are about the whole run, as this is. */
export const PercentileChart = memo(function PercentileChart({
  distributions,
  thresholds,
  over,
}: {
  readonly distributions: readonly Distribution[];
  readonly thresholds: RunSnapshot['status']['thresholds'];
  readonly over: boolean;
}): ReactNode {
  const texts = useText();
  const format = useFormat();
  const limits = useMemo(
    () =>
      latencyLimits(thresholds).map(({ direction, share, micros }) => ({
        share,
        micros,
        label: texts.run.charts.limit(
          `${directionLook[direction].arrow} ${texts.shared.directions[direction]}`,
          percentileName(share),
          format.latency(micros),
        ),
      })),
    [thresholds, texts, format],
  );
  const series = useMemo(
    () =>
      distributions
        .filter(({ counts }) => counts.some((count) => count > 0))
        .map((distribution) => ({
          key: distribution.direction,
          label: `${directionLook[distribution.direction].arrow} ${texts.shared.directions[distribution.direction]}`,
          color: directionLook[distribution.direction].color,
          dash: directionLook[distribution.direction].dash,
          distribution,
        })),
    [distributions, texts],
  );
  return (
    <DistributionChart
      id="run-distribution"
      title={texts.run.charts.distribution}
      hint={over ? texts.run.charts.distributionHint : texts.run.charts.distributionSoFar}
      series={series}
      limits={limits}
      height={CHART_HEIGHT}
    />
  );
});

/** What went wrong in each window, before anything is explained, and how much is under way. */
export const OrderChart = memo(function OrderChart({ windows }: Drawn): ReactNode {
  const words = useText().run.charts;
  const format = useFormat();
  const series = useMemo((): ChartSeries[] => {
    const { spans } = windows;
    return [
      {
        key: 'pending',
        label: words.pending,
        color: 'var(--cw-offered)',
        area: true,
        values: spans.map(({ frame }) => frame.pending),
        merge: 'max',
      },
      ...(['duplicates', 'reordered', 'corrupted', 'mappingFailed'] as const).map((key, index) => ({
        key,
        label: words[key],
        color: [SERIES_COLORS[2], SERIES_COLORS[4], 'var(--cw-fail)', SERIES_COLORS[3]][index] as string,
        dash: [undefined, '7 3', undefined, '2 3'][index],
        values: spans.map(({ frame }) => frame[key]),
      })),
    ];
  }, [windows, words]);
  return (
    <TimeChart
      id="run-order"
      title={words.order}
      hint={words.orderHint(format.duration(windows.width))}
      times={windows.times}
      series={series}
      format={format.count}
      height={CHART_HEIGHT}
    />
  );
});

/** How late messages were sent: the generator's own fault, not the system's. */
export const SlipChart = memo(function SlipChart({
  windows,
  saturation,
}: Drawn & { readonly saturation: RunResult['saturation'] | undefined }): ReactNode {
  const words = useText().run.charts;
  const format = useFormat();
  const series = useMemo(
    (): ChartSeries[] => [
      {
        key: 'slip',
        label: words.slipP99,
        color: SERIES_COLORS[0] as string,
        values: windows.spans.map(({ frame }) => frame.slipP99),
        merge: 'max',
      },
    ],
    [windows, words],
  );
  return (
    <TimeChart
      id="run-generator"
      title={words.slip}
      hint={
        saturation === undefined
          ? words.slipHint
          : words.slipFound(format.latency(saturation.slip.p99), format.percent(saturation.achievedShare))
      }
      times={windows.times}
      series={series}
      format={format.latency}
      axisFormat={format.latency}
      height={CHART_HEIGHT}
    />
  );
});

const DASHES = [undefined, '7 3', '2 3', '9 3 2 3', '4 4'];
/** Threads that get a line of their own: the busiest ones. */
const MOST_THREADS = 5;

/** How busy each thread is; `main` holds gateway, bridge and MQ. */
export const ThreadsChart = memo(function ThreadsChart({ windows }: Drawn): ReactNode {
  const words = useText().run.charts;
  const format = useFormat();
  const series = useMemo((): ChartSeries[] => {
    const peaks = new Map<string, number>();
    for (const { frame } of windows.spans)
      for (const [thread, share] of Object.entries(frame.utilisation)) peaks.set(thread, Math.max(peaks.get(thread) ?? 0, share));
    const shown = [...peaks]
      .sort((a, b) => b[1] - a[1])
      .slice(0, MOST_THREADS)
      .map(([thread]) => thread);
    // By name, so that a line keeps its colour when another thread becomes busier.
    return shown.sort().map((thread, index) => ({
      key: `thread${index}`,
      label: thread === 'main' ? words.main : wirePlain(thread, 30),
      color: SERIES_COLORS[index] as string,
      dash: DASHES[index],
      values: windows.spans.map(({ frame }) => frame.utilisation[thread] ?? null),
      merge: 'max' as const,
    }));
  }, [windows, words]);
  const axis = useCallback((share: number) => format.percent(share, 0), [format]);
  return (
    <TimeChart
      id="run-threads"
      title={words.threads}
      hint={words.threadsHint}
      times={windows.times}
      series={series}
      format={format.percent}
      maxY={1}
      axisFormat={axis}
      height={CHART_HEIGHT}
    />
  );
});
