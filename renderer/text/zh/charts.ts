import type { charts as en } from '../en/charts.ts';

export const charts: typeof en = {
  asTable: '以表格显示',
  asChart: '以图表显示',
  nothingYet: '暂无数据',
  time: '时间',
  percentile: '分位数',
  latency: '延迟',
  drawnAs: (title) => `${title}：绘制方式`,
  views: { percentiles: '分位数', histogram: '直方图' },
  between: (from, to) => `${from} 至 ${to}`,
  shareAndCount: (share, count) => `${share}（${count}）`,
  noValue: '无数值',
  manyRows: (shown, all) => `共 ${all} 个点，等距显示 ${shown} 个`,
};
