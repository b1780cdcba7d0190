import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOf, isOwnPage, mayOpenOutside } from '../../../electron/addresses.ts';

const folder = resolve('/window');

describe('addresses of the window', () => {
  it('serves the page and its files', () => {
    expect(fileOf('app://causeway/', folder)).toBe(resolve(folder, 'index.html'));
    expect(fileOf('app://causeway/assets/index-1a2b.js?x=1#/run', folder)).toBe(resolve(folder, 'assets/index-1a2b.js'));
  });

  it.each([
    'app://causeway/..%2f..%2fetc%2fpasswd.html',
    'app://causeway/%2e%2e/%2e%2e/secret.json',
    'app://causeway/assets/..%5c..%5csecret.html',
    'app://causeway/a%00.html',
    'app://causeway/%zz',
    'app://elsewhere/index.html',
    'file:///etc/hosts.html',
    'app://causeway/assets/notes.yaml',
    'not an address',
  ])('serves nothing for %s', (address) => {
    const file = fileOf(address, folder);
    expect(file === undefined || file.startsWith(`${folder}/`)).toBe(true);
    if (!address.includes('%2e%2e')) expect(file).toBeUndefined();
  });

  it('never leaves the folder, however the dots are written', () => {
    // The URL parser itself resolves these, within the host.
    expect(fileOf('app://causeway/%2e%2e/%2e%2e/secret.json', folder)).toBe(resolve(folder, 'secret.json'));
  });

  it('knows its own pages', () => {
    expect(isOwnPage('app://causeway/#/run')).toBe(true);
    expect(isOwnPage('app://causeway.example.org/')).toBe(false);
    expect(isOwnPage('https://causeway/')).toBe(false);
  });

  it('opens outside only https pages of its list', () => {
    expect(mayOpenOutside('https://kafka.apache.org/documentation/')).toBe(true);
    for (const address of [
      'http://kafka.apache.org/',
      'https://kafka.apache.org.example.org/',
      'https://user@kafka.apache.org/',
      'https://kafka.apache.org:8443/',
      'file:///etc/passwd',
      'javascript:alert(1)',
    ])
      expect(mayOpenOutside(address)).toBe(false);
  });
});
