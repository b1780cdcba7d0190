/** A payload for people: its text where it is UTF-8, else its bytes. */
export function payloadText(hex: string): { readonly text: string; readonly isText: boolean } {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), isText: true };
  } catch {
    return { text: hex.replace(/(..)(?=.)/g, '$1 '), isText: false };
  }
}
