/** From which languages MQTT clients of other makes were tried with the gateway: docs/languages.json, which `npm run test:interop` records. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const fileSchema = z.object({ causeway: z.string(), date: z.string(), clients: z.array(z.object({ language: z.string() })) });

export interface TriedClients {
  readonly causeway: string;
  readonly date: string;
  /** Each once, e.g. `JavaScript` for that of Node.js and that of a page. */
  readonly languages: readonly string[];
}

/** Undefined: the record is not there, or not readable. From the sources it is two folders up, from dist three. */
export function triedClients(): TriedClients | undefined {
  for (const up of ['../..', '../../..']) {
    try {
      const file = new URL(`${up}/docs/languages.json`, import.meta.url);
      const { causeway, date, clients } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      return { causeway, date, languages: [...new Set(clients.map(({ language }) => language.replace(/ \(.*\)$/, '')))] };
    } catch {
      // The other place.
    }
  }
  return undefined;
}
