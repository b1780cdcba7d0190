/** Words for a place in the file: looked up by the end of its pattern, the longest that is known. */
export function wordFor(table: Readonly<Record<string, string>>, pattern: string): string | undefined {
  const parts = pattern.split('.');
  for (let start = 0; start < parts.length; start += 1) {
    const end = parts.slice(start).join('.');
    if (Object.hasOwn(table, end)) return table[end];
  }
  return undefined;
}
