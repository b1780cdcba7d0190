import type { charts as en } from '../en/charts.ts';

export const charts: typeof en = {
  asTable: '以表格显示',
  asChart: '以图表显示',
  nothingYet: '暂无数据',
  time: '时间',
  percentile: '分位数',
  latency: '延迟',
  share: '占比',
  threshold: '阈值',
  noValue: '无数值',
  manyRows: (shown, all) => `共 ${all} 个点，等距显示 ${shown} 个`,
};
