/**
 * Does a resource (a topic filter of a token) cover a topic, or every topic that another filter can match? Wildcards in
 * the first level cover nothing that starts with `$` [MQTT-4.7.2-1].
 */
export function covers(resource: string, wanted: string): boolean {
  if (wanted.charCodeAt(0) === 36 && resource.charCodeAt(0) !== 36) return false;
  const allowed = resource.split('/');
  const asked = wanted.split('/');
  for (let i = 0; i < allowed.length; i += 1) {
    // `a/#` covers `a` as well [MQTT-4.7.1-2].
    if (allowed[i] === '#') return true;
    const level = asked[i];
    if (level === undefined) return false;
    // `#` reaches deeper than any `+` or name.
    if (level === '#') return false;
    if (allowed[i] !== '+' && allowed[i] !== level) return false;
  }
  return asked.length === allowed.length;
}
