/** Readers of arguments: each returns the value or says what it would have accepted. */
import { InvalidArgumentError } from 'commander';
import { EXPECTED, readDuration } from '../core/scenario/units.ts';

const invalid = (expected: string): InvalidArgumentError => new InvalidArgumentError(`expected ${expected}`);

/** `30s`, `2m` to milliseconds. */
export function durationArgument(text: string): number {
  const read = readDuration(text);
  if (!read.ok) throw invalid(read.expected ?? EXPECTED.duration);
  return read.value;
}

/** A number above 0, at most 1,000. */
export function scaleArgument(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value > 0 && value <= 1000)) throw invalid('a number above 0 and at most 1000, such as 0.1');
  return value;
}

/** A reader of whole numbers between two bounds. */
export function wholeNumberArgument(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw invalid(`a whole number from ${min} to ${max}`);
    return value;
  };
}

/** 0 (any free port) to 65,535. */
export const portArgument = wholeNumberArgument(0, 65_535);

/** A port, or `off` as false (commander would make an empty text of undefined). */
export function optionalPortArgument(text: string): number | false {
  return text === 'off' ? false : portArgument(text);
}

/** Collects `path=value` of a repeatable option. */
export function overrideArgument(text: string, before: readonly { path: string; value: string }[] | undefined) {
  const at = text.indexOf('=');
  if (at < 1) throw invalid('path=value, such as populations.sensors.count=500');
  return [...(before ?? []), { path: text.slice(0, at).trim(), value: text.slice(at + 1) }];
}

/** Collects the words of a repeatable option. */
export function wordArgument(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Collects `key=value` of a repeatable option; a later one of the same key wins. */
export function propertyArgument(text: string, before: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw invalid('key=value, such as qoslevel=1');
  // Without a prototype, so that a property named __proto__ is a property like any other.
  return Object.assign(Object.create(null) as Record<string, string>, before, { [text.slice(0, at)]: text.slice(at + 1) });
}

/** Collects a repeatable option's texts. */
export function collectArgument(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

export type TopicDirection = 'up' | 'down' | 'both' | 'none';

/** Collects `name` or `name:direction` of a repeatable option. */
export function topicArgument(text: string, before: readonly { name: string; direction: TopicDirection }[] | undefined) {
  const [name = '', direction = 'both', ...rest] = text.split(':');
  if (name === '' || /[/+#]/.test(name) || name.startsWith('$'))
    throw invalid('a parent topic: one level, without / + # and no $ in front');
  if (rest.length > 0 || !['up', 'down', 'both', 'none'].includes(direction))
    throw invalid('name, name:up, name:down, name:both or name:none');
  if (before?.some((topic) => topic.name === name) === true) throw invalid(`each topic once (${name} is given twice)`);
  return [...(before ?? []), { name, direction: direction as TopicDirection }];
}

/** `host:port`, `[::1]:port`, or a port alone (of 127.0.0.1). */
export function addressArgument(text: string): { host: string; port: number } {
  const match = /^(?:(\[[0-9a-fA-F:]+\]|[^:\s]+):)?(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65_535) throw invalid('host:port, such as 127.0.0.1:7883');
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

/** `127.0.0.1:1883`, with brackets around an IPv6 address. */
export function formatAddress(address: { readonly host: string; readonly port: number }): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** Does this address stay on this machine? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
