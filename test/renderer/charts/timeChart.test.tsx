// @vitest-environment happy-dom
import '../browser.ts';
import { fireEvent, screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { TimeChart } from '../../../renderer/charts/TimeChart.tsx';
import { show } from '../show.tsx';

beforeEach(() => {
  // happy-dom lays nothing out.
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 480, 200));
  return () => vi.restoreAllMocks();
});

const series = [
  { key: 'a', label: 'First', color: 'red', values: [1, 2, 3] },
  { key: 'b', label: 'Second', color: 'blue', values: [null, 20, null] },
];
const chart = <TimeChart title="Figures" times={[0, 1_000, 2_000]} series={series} format={(value) => `${value} units`} />;

it('draws each series as a line of its own, broken where nothing was measured', () => {
  const { container } = show(chart);
  const lines = [...container.querySelectorAll('[data-series]')].map((group) =>
    group.querySelector('.cw-curve')?.getAttribute('d'),
  );
  expect(lines).toHaveLength(2);
  expect(lines[0]?.split(/[ML]/)).toHaveLength(4);
  expect(lines[1]).toMatch(/^M[\d.]+,[\d.]+h0$/);
});

it('says what stands under the pointer, and nothing when it has gone', () => {
  const { container } = show(chart);
  const pointer = container.querySelector('.cw-plot-pointer') as Element;
  fireEvent.pointerMove(pointer, { clientX: 5_000 });
  expect(container.querySelector('.cw-tip')?.textContent).toBe('0:02First3 units');
  fireEvent.pointerMove(pointer, { clientX: -5_000 });
  expect(container.querySelector('.cw-tip')?.textContent).toBe('0:00First1 units');
  fireEvent.pointerLeave(pointer);
  expect(container.querySelector('.cw-tip')).toBeNull();
});

it('is a table, too', () => {
  show(chart);
  fireEvent.click(screen.getByRole('button', { name: /Show as a table/ }));
  expect(screen.getByRole('cell', { name: '20 units' })).toBeTruthy();
});
