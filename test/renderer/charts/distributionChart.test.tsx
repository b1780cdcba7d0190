// @vitest-environment happy-dom
import '../browser.ts';
import { fireEvent, screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { DistributionChart } from '../../../renderer/charts/DistributionChart.tsx';
import { show } from '../show.tsx';

beforeEach(() => {
  // happy-dom lays nothing out.
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 480, 200));
  return () => vi.restoreAllMocks();
});

const BOUNDS = [10, 100, 1_000, 10_000, 100_000];
const series = [
  { key: 'up', label: 'Up', color: 'blue', distribution: { bounds: BOUNDS, counts: [0, 90, 0, 10, 0] } },
  { key: 'down', label: 'Down', color: 'red', distribution: { bounds: BOUNDS, counts: [0, 0, 4, 0, 0] } },
];
const cells = (): (string | null)[][] =>
  screen.getAllByRole('row').map((row) => [...row.querySelectorAll('th, td')].map(({ textContent }) => textContent));
const asTable = (): boolean => fireEvent.click(screen.getByRole('button', { name: /Show as a table/ }));
const asHistogram = (): boolean => fireEvent.click(screen.getByRole('radio', { name: 'Histogram' }));

it('begins with percentiles, in figures too', () => {
  show(<DistributionChart title="Latency" series={series} />);
  asTable();
  expect(cells()).toContainEqual(['p90', '100 µs', '1 ms']);
  expect(cells()).toContainEqual(['p99', '10 ms', '1 ms']);
});

it('is a histogram on demand: shares of the deliveries, in figures too', () => {
  const { container } = show(<DistributionChart title="Latency" series={series} />);
  const before = container.querySelector('[data-series="up"] .cw-curve')?.getAttribute('d');
  asHistogram();
  expect(container.querySelector('[data-series="up"] .cw-curve')?.getAttribute('d')).not.toBe(before);
  fireEvent.pointerMove(container.querySelector('.cw-plot-pointer') as Element, { clientX: 5_000 });
  expect(container.querySelector('.cw-tip')?.textContent).toContain('10 ms to 100 ms');
  asTable();
  expect(cells()).toEqual([
    ['Latency', 'Up', 'Down'],
    ['1 µs to 10 µs', '0 % (0)', '0 % (0)'],
    ['10 µs to 100 µs', '90 % (90)', '0 % (0)'],
    ['100 µs to 1 ms', '0 % (0)', '100 % (4)'],
    ['1 ms to 10 ms', '10 % (10)', '0 % (0)'],
    ['10 ms to 100 ms', '0 % (0)', '0 % (0)'],
  ]);
});

it('draws a limit where it holds, among the percentiles, and names it beside the curves', () => {
  const limits = [{ label: 'limit of p99: 1 s', share: 0.99, micros: 1_000_000 }];
  const { container } = show(<DistributionChart title="Latency" series={series} limits={limits} />);
  const drawn = (): number => container.querySelectorAll('.cw-plot-limit').length;
  expect(drawn()).toBe(1);
  // The axis reaches as far as the limit, although nothing took so long.
  const at = (selector: string, name: string): number => Number(container.querySelector(selector)?.getAttribute(name));
  expect(at('.cw-plot-limit circle', 'cy')).toBeGreaterThan(0);
  expect(at('.cw-plot-limit circle', 'cx')).toBe(at('.cw-plot-limit line', 'x2'));
  expect(screen.getByText('limit of p99: 1 s')).toBeTruthy();
  asHistogram();
  expect(drawn()).toBe(0);
  expect(screen.queryByText('limit of p99: 1 s')).toBeNull();
});

it('says so while nothing has been delivered, whichever way it is drawn', () => {
  show(<DistributionChart title="Latency" series={[]} />);
  expect(screen.getByText('Nothing to draw yet')).toBeTruthy();
  asHistogram();
  expect(screen.getByText('Nothing to draw yet')).toBeTruthy();
});
