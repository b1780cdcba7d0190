/** From frames to what charts draw: windows of equal length, counts as rates over the time that they really cover. */
import { mergeFrames } from '../../core/protocol/frameHistory.ts';
import type { Direction, Frame } from '../../core/protocol/result.ts';

/** What a chart of the Run screen draws at most. */
export const MOST_WINDOWS = 300;
/** The length of a frame, milliseconds. */
const FRAME_MS = 250;

/** A stretch of the run: the merged frames that ended in it, and the time that they cover. */
export interface Span {
  /** Milliseconds from the start of traffic to its end. */
  readonly atMs: number;
  readonly widthMs: number;
  readonly frame: Frame;
}

/** The length of windows, a whole number of frames, so that at most `most` of them cover the frames. */
export function windowMs(frames: readonly Frame[], most = MOST_WINDOWS): number {
  const first = frames[0]?.atMs ?? 0;
  const last = frames.at(-1)?.atMs ?? 0;
  return FRAME_MS * Math.max(1, Math.ceil((last - first + FRAME_MS) / FRAME_MS / (most - 1)));
}

/**
 * Merges all frames that end in the same window of `width` milliseconds, counted from the start of traffic: counts add
 * up, of percentiles the worst stands. Windows do not move when later frames come, so that a line never changes behind itself.
 */
export function spansOf(frames: readonly Frame[], width: number): readonly Span[] {
  const spans: Span[] = [];
  let before = (frames[0]?.atMs ?? 0) - FRAME_MS;
  let place: number | undefined;
  // Frames end when the lab has time, not on the quarter of a second: each keeps its own place where none must be merged.
  const merges = width > FRAME_MS;
  for (const frame of frames) {
    const here = Math.ceil(frame.atMs / width);
    const last = spans.at(-1);
    const covered = frame.atMs - before;
    if (last !== undefined && ((merges && here === place) || covered <= 0)) {
      spans[spans.length - 1] = {
        atMs: Math.max(last.atMs, frame.atMs),
        widthMs: last.widthMs + Math.max(0, covered),
        frame: mergeFrames(last.frame, frame),
      };
    } else spans.push({ atMs: frame.atMs, widthMs: covered, frame });
    place = here;
    before = Math.max(before, frame.atMs);
  }
  return spans;
}

/** Per second; null where nothing is known of the time. */
export const perSecond = (count: number, widthMs: number): number | null => (widthMs > 0 ? (1_000 * count) / widthMs : null);

type Counted = 'offered' | 'sent' | 'acknowledged' | 'duplicates' | 'reordered' | 'corrupted' | 'mappingFailed' | Direction;
export const rates = (spans: readonly Span[], key: Counted): (number | null)[] =>
  spans.map(({ frame, widthMs }) => perSecond(frame[key], widthMs));

export const percentiles = (spans: readonly Span[], direction: Direction, which: 'p50' | 'p99'): (number | null)[] =>
  spans.map(({ frame }) => frame.latency[direction][which]);

/** Directions in which anything was delivered or measured. */
export const directionsOf = (frames: readonly Frame[]): readonly Direction[] =>
  (['up', 'down', 'device'] as const).filter((direction) =>
    frames.some((frame) => frame[direction] > 0 || frame.latency[direction].p99 !== null),
  );

/** Rates of the last second or so, for figures that stand beside the drawing. */
export function latest(frames: readonly Frame[], ms = 1_000): Span | undefined {
  const end = frames.at(-1)?.atMs;
  if (end === undefined) return undefined;
  const recent: Frame[] = [];
  for (let index = frames.length - 1; index >= 0; index -= 1) {
    const frame = frames[index] as Frame;
    if (recent.length > 0 && frame.atMs <= end - ms) break;
    recent.unshift(frame);
  }
  const before = frames[frames.length - recent.length - 1]?.atMs ?? (recent[0] as Frame).atMs - FRAME_MS;
  return { atMs: end, widthMs: end - before, frame: recent.reduce(mergeFrames) };
}
