/** A new name for a population, a topic, a service or a command, also where the file speaks of it. */
import type { Place } from './yamlDocument.ts';
import type { Edit } from './yamlEdit.ts';

type Loose = Readonly<Record<string, unknown>>;
const mapOf = (value: unknown): Loose => (typeof value === 'object' && value !== null ? (value as Loose) : {});

export function renameEdits(data: unknown, place: Place, name: string): readonly Edit[] {
  const old = String(place.at(-1));
  const kind = place.at(-2);
  const edits: Edit[] = [];
  const root = mapOf(data);
  for (const [service, value] of Object.entries(mapOf(root.services))) {
    const { commands, consume } = mapOf(value);
    for (const [command, set] of Object.entries(mapOf(commands))) {
      const at = ['services', service, 'commands', command];
      if (kind === 'populations' && mapOf(set).population === old) edits.push({ place: [...at, 'population'], value: name });
      if (kind === 'topics' && mapOf(set).topic === old) edits.push({ place: [...at, 'topic'], value: name });
    }
    const topics = mapOf(consume).topics;
    if (kind !== 'topics' || !Array.isArray(topics)) continue;
    topics.forEach((topic, index) => {
      if (topic === old) edits.push({ place: ['services', service, 'consume', 'topics', index], value: name });
    });
  }
  const prefixes = kind === 'services' ? [`services.${old}.`] : kind === 'commands' ? [`answers.${old}.`, `waves.${old}.`] : [];
  if (Array.isArray(root.thresholds)) {
    root.thresholds.forEach((threshold: unknown, index) => {
      const prefix = prefixes.find((start) => typeof threshold === 'string' && threshold.trimStart().startsWith(start));
      if (prefix === undefined) return;
      const renamed = `${prefix.slice(0, prefix.indexOf('.') + 1)}${name}.`;
      edits.push({ place: ['thresholds', index], value: String(threshold).replace(prefix, () => renamed) });
    });
  }
  // Last: until then the places above are those of the old name.
  return [...edits, { place, rename: name }];
}
