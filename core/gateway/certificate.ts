import { generate } from 'selfsigned';
import type { TlsFiles } from './types.ts';

/** Makes a certificate authority and, signed by it, a certificate for localhost, 127.0.0.1, ::1 and the given hosts; valid for a year. */
export async function makeCertificate(hosts: readonly string[]): Promise<Required<TlsFiles>> {
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'Causeway lab authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const isAddress = (host: string): boolean => host.includes(':') || /^[\d.]+$/.test(host);
  const names = new Set(['localhost', '127.0.0.1', '::1', ...hosts]);
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names].map((name) => (isAddress(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { key: server.private, cert: server.cert, ca: authority.cert };
}
