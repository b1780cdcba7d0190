/** Payloads as text for people: readable where they are text, hexadecimal where they are not or where they differ. */

const PRINTABLE = /^[\x20-\x7e]*$/;
const SHOWN_BYTES = 32;

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');

/** `"abc" (3 bytes)`, or the first bytes in hexadecimal. */
export function showBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString('latin1');
  const more = bytes.length > SHOWN_BYTES ? '…' : '';
  const length = `(${bytes.length} byte${bytes.length === 1 ? '' : 's'})`;
  if (bytes.length === 0) return `nothing ${length}`;
  return PRINTABLE.test(text) ? `"${text}${more}" ${length}` : `${hex(bytes.subarray(0, SHOWN_BYTES))}${more} ${length}`;
}

/** Where two payloads part, with the bytes around that place; undefined: they are equal. */
export function difference(
  expected: Uint8Array,
  found: Uint8Array,
): { readonly expected: string; readonly found: string } | undefined {
  if (Buffer.compare(expected, found) === 0) return undefined;
  let at = 0;
  while (at < expected.length && at < found.length && expected[at] === found[at]) at += 1;
  const from = Math.max(0, at - 4);
  const window = (bytes: Uint8Array): string => {
    const part = bytes.subarray(from, from + 16);
    const end = at >= bytes.length ? ' (ends here)' : '';
    return `${bytes.length} bytes; from byte ${from}: ${part.length === 0 ? 'nothing' : hex(part)}${end}`;
  };
  return { expected: window(expected), found: window(found) };
}
