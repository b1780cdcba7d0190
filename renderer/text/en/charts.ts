export const charts = {
  asTable: 'Show as a table',
  asChart: 'Show as a chart',
  nothingYet: 'Nothing to draw yet',
  time: 'Time',
  percentile: 'Percentile',
  latency: 'Latency',
  drawnAs: (title: string) => `${title}: drawn as`,
  views: { percentiles: 'Percentiles', histogram: 'Histogram' },
  between: (from: string, to: string) => `${from} to ${to}`,
  shareAndCount: (share: string, count: string) => `${share} (${count})`,
  noValue: 'no value',
  manyRows: (shown: string, all: string) => `${shown} of ${all} points, evenly spaced`,
};
