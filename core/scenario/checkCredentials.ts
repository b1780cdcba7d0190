/** Credentials of a population: do they fit to the rest of it? */
import { MAX_RESOURCES } from '../credentials/issuer.ts';
import type { CheckContext } from './checkContext.ts';
import type { Population } from './model.ts';
import { formatPlace } from './problems.ts';
import { tokenResources } from './tokenResources.ts';
import { formatDuration } from './units.ts';

/** Reports what does not go together with `credentials`. */
export function checkCredentials(context: CheckContext, population: Population): void {
  const { credentials, client } = population;
  const place = ['populations', population.name, 'credentials'];
  if (credentials === undefined || !context.sound(place)) return;
  const other = client.username !== undefined ? 'username' : client.passwordFrom !== undefined ? 'passwordFrom' : undefined;
  if (other !== undefined) {
    context.report(
      ['populations', population.name, 'client', other],
      `${formatPlace(place)}: user name and password follow from it; client.${other} must not be given as well`,
      undefined,
      'key',
    );
  }
  if (credentials.kind !== 'token') return;
  const resources = tokenResources(population, 0).length;
  if (resources > MAX_RESOURCES) {
    context.report(place, `${formatPlace(place)}: a member uses ${resources} topics, a token names at most ${MAX_RESOURCES}`);
  }
  const { revoke } = credentials;
  if (revoke === undefined) return;
  const at = [...place, 'token', 'revoke'];
  if (revoke.members > population.count && context.sound(['populations', population.name, 'count'])) {
    context.report([...at, 'members'], `${formatPlace(at)}.members: the population has ${population.count}`);
  }
}

/** Warns of a revocation that is planned for after the end. */
export function checkRevocationTime(context: CheckContext, population: Population): void {
  const { credentials } = population;
  const end = context.scenario.durationMs;
  if (credentials?.kind !== 'token' || credentials.revoke === undefined || credentials.revoke.atMs < end) return;
  const at = ['populations', population.name, 'credentials', 'token', 'revoke', 'at'];
  context.warn(at, `${formatPlace(at)}: it is not before the end of the run (${formatDuration(end)})`);
}
