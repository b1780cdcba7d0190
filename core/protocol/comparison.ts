/** How a threshold compares a figure with its limit: of a finished run in the lab, of one under way in the window. */
export type Comparison = '<' | '<=' | '>' | '>=' | '==';

export function compare(found: number, op: Comparison, limit: number): boolean {
  switch (op) {
    case '<':
      return found < limit;
    case '<=':
      return found <= limit;
    case '>':
      return found > limit;
    case '>=':
      return found >= limit;
    case '==':
      return found === limit;
  }
}
