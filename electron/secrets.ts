/** Passwords in the system's key store. */
import { safeStorage } from 'electron';
import type { Secrets } from '../core/host/types.ts';

/** Undefined where the system has no key store: what Linux without one calls encryption is none. */
export function systemSecrets(): Secrets | undefined {
  if (!safeStorage.isEncryptionAvailable()) return undefined;
  if (process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend()))
    return undefined;
  return {
    encrypt: (text) => safeStorage.encryptString(text).toString('base64'),
    decrypt: (text) => {
      try {
        return safeStorage.decryptString(Buffer.from(text, 'base64'));
      } catch {
        return undefined;
      }
    },
  };
}
