export const charts = {
  asTable: 'Show as a table',
  asChart: 'Show as a chart',
  nothingYet: 'Nothing to draw yet',
  time: 'Time',
  percentile: 'Percentile',
  latency: 'Latency',
  share: 'Share',
  threshold: 'Threshold',
  noValue: 'no value',
  manyRows: (shown: string, all: string) => `${shown} of ${all} points, evenly spaced`,
};
