/**
 * Electron's entry, in CommonJS: the window's scheme must be declared before the app is ready, and modules of the other
 * kind are loaded too late for that.
 */
const { app, protocol } = require('electron') as typeof import('electron');

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
// Not a literal: this file is compiled apart from the modules.
const desktop = './desktop.js';
import(desktop).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  app.exit(3);
});
