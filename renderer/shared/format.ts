/** Figures as people read them, in the window's language. Null or not a number: a dash. */
import { useMemo } from 'react';
import { type Language, useLanguage } from '../text/useText.tsx';

/** A number and its unit apart, for big figures; `quantityText` joins them. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}
export const DASH = '–';
export const quantityText = ({ value, unit }: Quantity): string => (unit === '' ? value : `${value} ${unit}`);

type Maybe = number | null | undefined;
const known = (value: Maybe): value is number => typeof value === 'number' && Number.isFinite(value);

const UNITS = {
  en: { perSecond: '/s', messages: 'msg/s', s: 's', min: 'min', h: 'h' },
  zh: { perSecond: '/秒', messages: '条/秒', s: '秒', min: '分', h: '小时' },
} as const;

function makeFormat(language: Language) {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const units = UNITS[language];
  const cache = new Map<string, Intl.NumberFormat>();
  const number = (value: number, most: number, least = 0): string => {
    const key = `${most}/${least}`;
    let format = cache.get(key);
    if (format === undefined) {
      format = new Intl.NumberFormat(locale, { maximumFractionDigits: most, minimumFractionDigits: least });
      cache.set(key, format);
    }
    return format.format(value);
  };
  const dateFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const agoFormat = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

  /** About three digits that mean something. */
  const short = (value: number): string => {
    const size = Math.abs(value);
    return number(value, size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
  };
  const scaled = (value: number): string => {
    if (Math.abs(value) >= 999_500) return `${short(value / 1e6)} M`;
    if (Math.abs(value) >= 99_950) return `${short(value / 1e3)} k`;
    return short(value);
  };

  /** Whole things: 12,345. */
  const count = (value: Maybe): string => (known(value) ? number(value, 0) : DASH);
  /** `most` decimals at most. */
  const decimal = (value: Maybe, most = 2): string => (known(value) ? number(value, most) : DASH);
  const rateParts = (value: Maybe): Quantity =>
    known(value) ? { value: scaled(value), unit: units.messages } : { value: DASH, unit: units.messages };
  const byteParts = (value: Maybe): Quantity => {
    if (!known(value)) return { value: DASH, unit: '' };
    const size = Math.abs(value);
    if (size >= 1e9) return { value: short(value / 1e9), unit: 'GB' };
    if (size >= 1e6) return { value: short(value / 1e6), unit: 'MB' };
    if (size >= 1e3) return { value: short(value / 1e3), unit: 'kB' };
    return { value: number(value, 0), unit: 'B' };
  };
  /** Microseconds in. */
  const latencyParts = (micros: Maybe): Quantity => {
    if (!known(micros)) return { value: DASH, unit: '' };
    if (Math.abs(micros) < 1_000) return { value: number(micros, 0), unit: 'µs' };
    if (Math.abs(micros) < 1_000_000) return { value: short(micros / 1e3), unit: 'ms' };
    return { value: short(micros / 1e6), unit: 's' };
  };
  /** Milliseconds in, in words: 30 s, 5 min, 1 h 20 min. */
  const duration = (ms: Maybe): string => {
    if (!known(ms)) return DASH;
    if (Math.abs(ms) < 1_000) return `${number(ms, 0)} ms`;
    const seconds = ms / 1_000;
    if (seconds < 60) return `${number(seconds, 1)} ${units.s}`;
    const whole = Math.round(seconds);
    const h = Math.floor(whole / 3600);
    const min = Math.floor((whole % 3600) / 60);
    const s = whole % 60;
    return [h > 0 && `${h} ${units.h}`, min > 0 && `${min} ${units.min}`, h === 0 && s > 0 && `${s} ${units.s}`]
      .filter((part) => part !== false)
      .join(' ');
  };
  /** Milliseconds in, as on a stopwatch: 0:07, 12:30, 1:02:03. */
  const clock = (ms: Maybe): string => {
    if (!known(ms)) return DASH;
    const whole = Math.floor(Math.abs(ms) / 1_000);
    const pad = (part: number): string => String(part).padStart(2, '0');
    const h = Math.floor(whole / 3600);
    const min = Math.floor((whole % 3600) / 60);
    return `${ms < 0 && whole > 0 ? '−' : ''}${h > 0 ? `${h}:${pad(min)}` : min}:${pad(whole % 60)}`;
  };
  const date = (iso: string): string => {
    const at = new Date(iso);
    return Number.isNaN(at.getTime()) ? iso.slice(0, 40) : dateFormat.format(at);
  };
  /** "5 minutes ago"; older than a week: the date. `now` in milliseconds. */
  const ago = (iso: string, now: number): string => {
    const seconds = (new Date(iso).getTime() - now) / 1_000;
    if (Number.isNaN(seconds)) return date(iso);
    if (seconds > -60) return agoFormat.format(0, 'second');
    if (seconds > -3_600) return agoFormat.format(Math.round(seconds / 60), 'minute');
    if (seconds > -86_400) return agoFormat.format(Math.round(seconds / 3_600), 'hour');
    if (seconds > -7 * 86_400) return agoFormat.format(Math.round(seconds / 86_400), 'day');
    return date(iso);
  };

  return {
    count,
    decimal,
    rateParts,
    rate: (value: Maybe) => quantityText(rateParts(value)),
    byteParts,
    bytes: (value: Maybe) => quantityText(byteParts(value)),
    byteRate: (value: Maybe) => (known(value) ? `${quantityText(byteParts(value))}${units.perSecond}` : DASH),
    latencyParts,
    latency: (micros: Maybe) => quantityText(latencyParts(micros)),
    duration,
    clock,
    /** A share 0..1. */
    percent: (share: Maybe, most = 1) => (known(share) ? `${number(share * 100, most)} %` : DASH),
    /** For axes: 950, 12.5 k, 3 M. */
    axis: (value: number) =>
      Math.abs(value) >= 1e6 ? `${short(value / 1e6)}M` : Math.abs(value) >= 10_000 ? `${short(value / 1e3)}k` : short(value),
    date,
    ago,
  };
}

export type Format = ReturnType<typeof makeFormat>;
const FORMATS: Readonly<Record<Language, Format>> = { en: makeFormat('en'), zh: makeFormat('zh') };

/** For code outside components; in components `useFormat`. */
export const formatFor = (language: Language): Format => FORMATS[language];
export function useFormat(): Format {
  const language = useLanguage();
  return useMemo(() => formatFor(language), [language]);
}
