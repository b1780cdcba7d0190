/** Figures that many experiments take from their book. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { NOT_CONNECTED } from '../ahead.ts';
import { figure } from '../figures.ts';
import type { Book } from '../numbered.ts';

export const latencies = (book: Book): ChooseFigure[] => [
  figure('latency p50', book.latency(0.5), 'ms', 'lower'),
  figure('latency p99', book.latency(0.99), 'ms', 'lower'),
];
/** Clients that were asked for and did not come. */
export const notConnected = (asked: number, came: number) => figure(NOT_CONNECTED, Math.max(0, asked - came), 'clients', 'lower');
export const missing = (count: number, unit = 'messages') => figure('missing', Math.max(0, count), unit, 'lower');
