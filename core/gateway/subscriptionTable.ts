/** Which sessions hold a filter that matches a topic, and at which QoS. */
import type { Session } from './session.ts';
import type { QoS } from './types.ts';

/** Matches of one topic. A session that matches by several filters stands in it once, with the highest QoS [MQTT-3.3.5-1]. */
export interface Route {
  readonly sessions: readonly Session[];
  readonly qos: readonly QoS[];
}

const NO_ROUTE: Route = { sessions: [], qos: [] };
/** Topics whose route is remembered; forgotten as soon as any subscription changes. */
const REMEMBERED = 50_000;

interface Node {
  children: Map<string, Node> | undefined;
  /** Sessions whose filter ends here; with `#` it ends at the node of `#`. */
  holders: Map<Session, QoS> | undefined;
}

const newNode = (): Node => ({ children: undefined, holders: undefined });

/** A trie of filters, with a memory of routes: without changes of subscriptions a lookup is one Map.get. */
export class SubscriptionTable {
  readonly #root = newNode();
  #routes = new Map<string, Route>();

  add(filter: string, session: Session, qos: QoS): void {
    let node = this.#root;
    for (const level of filter.split('/')) {
      node.children ??= new Map();
      let next = node.children.get(level);
      if (next === undefined) {
        next = newNode();
        node.children.set(level, next);
      }
      node = next;
    }
    node.holders ??= new Map();
    node.holders.set(session, qos);
    this.#forget();
  }

  remove(filter: string, session: Session): void {
    const levels = filter.split('/');
    const path: Node[] = [this.#root];
    for (const level of levels) {
      const next = path[path.length - 1]!.children?.get(level);
      if (next === undefined) return;
      path.push(next);
    }
    path[levels.length]!.holders?.delete(session);
    this.#forget();
    // Empty branches go, or a fleet of per-device filters that comes and goes would leak.
    for (let i = levels.length; i > 0; i -= 1) {
      const node = path[i]!;
      if ((node.holders?.size ?? 0) > 0 || (node.children?.size ?? 0) > 0) return;
      path[i - 1]!.children!.delete(levels[i - 1]!);
    }
  }

  match(topic: string): Route {
    let route = this.#routes.get(topic);
    if (route === undefined) {
      route = this.#find(topic);
      if (this.#routes.size >= REMEMBERED) this.#routes = new Map();
      this.#routes.set(topic, route);
    }
    return route;
  }

  #forget(): void {
    if (this.#routes.size > 0) this.#routes = new Map();
  }

  #find(topic: string): Route {
    const found = new Map<Session, QoS>();
    const levels = topic.split('/');
    const take = (holders: Map<Session, QoS> | undefined): void => {
      if (holders === undefined) return;
      for (const [session, qos] of holders) {
        const held = found.get(session);
        if (held === undefined || held < qos) found.set(session, qos);
      }
    };
    const walk = (node: Node, depth: number): void => {
      const children = node.children;
      // Wildcards at the first level do not reach `$` topics [MQTT-4.7.2-1].
      const wild = children !== undefined && (depth > 0 || !topic.startsWith('$'));
      // `a/#` matches `a` as well [MQTT-4.7.1-2].
      if (wild) take(children.get('#')?.holders);
      if (depth === levels.length) {
        take(node.holders);
        return;
      }
      if (children === undefined) return;
      const exact = children.get(levels[depth]!);
      if (exact !== undefined) walk(exact, depth + 1);
      const plus = wild ? children.get('+') : undefined;
      if (plus !== undefined) walk(plus, depth + 1);
    };
    walk(this.#root, 0);
    return found.size === 0 ? NO_ROUTE : { sessions: [...found.keys()], qos: [...found.values()] };
  }
}
