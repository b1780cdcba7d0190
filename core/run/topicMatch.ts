/**
 * Does a topic filter match a topic name? [MQTT-4.7.1, 4.7.2]: `+` one level, a final `#` any number of levels (the
 * parent included), and neither reaches a topic that starts with `$`. Written apart from the gateway, which it helps to check.
 */
export function topicMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
  const want = filter.split('/');
  const have = topic.split('/');
  for (let i = 0; i < want.length; i += 1) {
    if (want[i] === '#') return true;
    if (i >= have.length) return false;
    if (want[i] !== '+' && want[i] !== have[i]) return false;
  }
  return want.length === have.length;
}
