import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalSecond, joinTopic, p2pTarget, splitTopic, topicFault } from '../../../core/mapping/topics.ts';

describe('splitting and joining', () => {
  it.each([
    ['p', 'p', undefined],
    ['p/a', 'p', '/a'],
    ['p/a/b/c/d', 'p', '/a/b/c/d'],
    ['p/', 'p', '/'],
    ['p//a', 'p', '//a'],
    ['p/a/', 'p', '/a/'],
  ])('%s', (topic, parent, second) => {
    expect(splitTopic(topic)).toEqual({ parent, second });
  });

  it('is undone by joining, whatever the topic', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '/', ' ', '$', '😀') }), (topic) => {
        const { parent, second } = splitTopic(topic);
        expect(joinTopic(parent, second)).toBe(topic);
      }),
    );
  });

  it('adds a missing leading slash and touches nothing else', () => {
    expect(['/a', 'a', '/a/', '//a', '/'].map(canonicalSecond)).toEqual(['/a', '/a', '/a/', '//a', '/']);
    fc.assert(
      fc.property(fc.string(), (second) => {
        const canonical = canonicalSecond(second);
        expect(canonicalSecond(canonical)).toBe(canonical);
        expect(canonical.replace(/^\//, '')).toBe(second.replace(/^\//, ''));
      }),
    );
  });
});

describe('P2P', () => {
  it('is exactly /p2p/{clientId}', () => {
    expect(p2pTarget('/p2p/GID@@@1')).toBe('GID@@@1');
    expect(p2pTarget('/p2p/p2p')).toBe('p2p');
  });

  it.each(['/p2p', '/p2p/', '/p2p/A/x', '/p2p/A/', '/P2P/A', '//p2p/A', '/p2p//A', '/x/p2p/A', undefined])(
    'is not %s',
    (second) => {
      expect(p2pTarget(second)).toBeUndefined();
    },
  );
});

describe('what a topic may not be', () => {
  it.each([
    ['', 'topic-empty'],
    ['/a', 'topic-empty'],
    ['$SYS/x', 'topic-reserved'],
    ['$x', 'topic-reserved'],
    ['p/+', 'topic-wildcard'],
    ['p/a#', 'topic-wildcard'],
    ['p/\u0000', 'topic-control-character'],
    ['p/\u007f', 'topic-control-character'],
    ['p/\u0085', 'topic-control-character'],
    ['p/\ud800', 'topic-not-unicode'],
    ['p/x\n', 'topic-control-character'],
  ])('%j in both profiles: %s', (topic, fault) => {
    expect(topicFault(topic, 'strict', 64)).toBe(fault);
    expect(topicFault(topic, 'lenient', 65_535)).toBe(fault);
  });

  it.each(['pärent', 'a b', 'a.b', 'a%', '😀'])('a parent %j in the strict profile only', (parent) => {
    expect(topicFault(parent, 'strict', 64)).toBe('topic-parent-invalid');
    expect(topicFault(parent, 'lenient', 65_535)).toBeUndefined();
    expect(topicFault(`p/${parent}`, 'strict', 64)).toBeUndefined();
  });

  it.each([64, 128])('too long: one character over a limit of %i', (limit) => {
    const topic = `p/${'a'.repeat(limit - 2)}`;
    expect(topicFault(topic, 'strict', limit)).toBeUndefined();
    expect(topicFault(`${topic}a`, 'strict', limit)).toBe('topic-too-long');
  });

  it('too long in characters: an emoji is one', () => {
    expect(topicFault(`p/${'😀'.repeat(62)}`, 'strict', 64)).toBeUndefined();
    expect(topicFault(`p/${'😀'.repeat(63)}`, 'strict', 64)).toBe('topic-too-long');
  });

  it('too many levels', () => {
    expect(topicFault(`p${'/'.repeat(127)}`, 'lenient', 65_535)).toBeUndefined();
    expect(topicFault(`p${'/'.repeat(128)}`, 'lenient', 65_535)).toBe('topic-too-many-levels');
  });

  it('too long: more bytes than MQTT carries, though the characters are within the limit', () => {
    expect(topicFault(`p/${'é'.repeat(32_766)}`, 'lenient', 65_535)).toBeUndefined();
    expect(topicFault(`p/${'é'.repeat(32_767)}`, 'lenient', 65_535)).toBe('topic-too-long');
  });
});
