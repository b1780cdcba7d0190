/**
 * The preload script: sandboxed, one CommonJS file. Its whole work is to hand the page a MessagePort to the lab;
 * no function of Electron's or Node's reaches the page.
 */
const { ipcRenderer } = require('electron') as typeof import('electron');

window.addEventListener('message', (event) => {
  if (event.source === window && event.data === 'causeway:ready') ipcRenderer.send('causeway:connect');
});
ipcRenderer.on('causeway:port', (event) => {
  window.postMessage('causeway:port', window.location.origin, [...event.ports]);
});
