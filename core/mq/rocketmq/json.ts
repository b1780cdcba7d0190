/** RocketMQ's servers write numbers as names in objects, `{0:"..."}`, which JSON does not allow. */
export function parseJson(bytes: Buffer): unknown {
  // Texts are matched first, so that nothing inside them is changed.
  const text = bytes
    .toString()
    .replace(/"(?:[^"\\]|\\.)*"|([{,]\s*)(-?\d+)(?=\s*:)/g, (all, before, number) =>
      number === undefined ? all : `${before}"${number}"`,
    );
  return JSON.parse(text);
}
