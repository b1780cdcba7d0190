/**
 * One window and what is on its way to it. A window that does not read (a browser's tab asleep, say) must not grow this
 * process: while its backlog is high, frames are merged into one, of everything else told again and again only the newest is kept.
 */

import { mergeFrames } from '../protocol/frameHistory.ts';
import type { LabMessage, WindowPush } from '../protocol/window.ts';
import type { Caller, LabClient } from './types.ts';

/** Bytes not taken by the window from which on pushes are held back. */
const HIGH_BACKLOG = 1_048_576;
const LOOK_AGAIN_MS = 100;
/** Lines of the event log that are held back; older ones are dropped. */
const MOST_EVENTS = 200;

export interface AttachedWindow extends Caller {
  answer(message: Extract<LabMessage, { readonly answer: number }>): void;
  detach(): void;
}

/** What replaces what while pushes are held back. A measured row, or why there is none, is told once: it keeps its own place. */
function keyOf(push: WindowPush): string {
  if (push.push === 'choose') {
    const told = push.row !== null || push.error !== null ? push.running : '';
    return `choose ${push.engine} ${told}`;
  }
  const id = 'id' in push ? push.id : '';
  return push.push === 'wave' ? `wave ${id} ${push.wave.wave}` : `${push.push} ${id}`;
}

export function attachWindow(client: LabClient): AttachedWindow {
  const held = new Map<string, WindowPush>();
  let events: WindowPush[] = [];
  const listeners: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let gone = false;

  const send = (message: LabMessage): void => {
    if (!gone) client.send(message);
  };
  const full = (): boolean => (client.backlog?.() ?? 0) > HIGH_BACKLOG;
  const flush = (): void => {
    if (full()) return;
    clearInterval(timer);
    timer = undefined;
    for (const push of [...held.values(), ...events]) send(push);
    held.clear();
    events = [];
  };
  const hold = (push: WindowPush): void => {
    if (push.push === 'event') {
      events.push(push);
      if (events.length > MOST_EVENTS) events.shift();
    } else {
      const before = held.get(keyOf(push));
      const merged =
        push.push === 'frame' && before?.push === 'frame' ? { ...push, frame: mergeFrames(before.frame, push.frame) } : push;
      // Behind what came since: a step that is told after a row says what is under way now.
      held.delete(keyOf(push));
      held.set(keyOf(push), merged);
    }
    if (timer === undefined) {
      timer = setInterval(flush, LOOK_AGAIN_MS);
      timer.unref();
    }
  };

  return {
    push(push) {
      if (gone) return;
      if (held.size > 0 || events.length > 0) flush();
      if (timer !== undefined || full()) hold(push);
      else send(push);
    },
    answer: send,
    onDetach(listener) {
      if (gone) listener();
      else listeners.push(listener);
    },
    detach() {
      if (gone) return;
      gone = true;
      clearInterval(timer);
      held.clear();
      events = [];
      for (const listener of listeners.splice(0)) listener();
    },
  };
}
