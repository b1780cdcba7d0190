/** The system's own dialogs for files and folders. */
import { BrowserWindow, dialog } from 'electron';
import type { Dialogs } from '../core/host/types.ts';

const SCENARIOS = [{ name: 'YAML', extensions: ['yaml', 'yml'] }];

export function systemDialogs(): Dialogs {
  const parent = (): BrowserWindow => BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0]!;
  return {
    async openScenario() {
      const { filePaths } = await dialog.showOpenDialog(parent(), { properties: ['openFile'], filters: SCENARIOS });
      return filePaths[0];
    },
    async saveScenario(suggested) {
      const { canceled, filePath } = await dialog.showSaveDialog(parent(), { defaultPath: suggested, filters: SCENARIOS });
      return canceled ? undefined : filePath;
    },
    async openRun() {
      const { filePaths } = await dialog.showOpenDialog(parent(), { properties: ['openDirectory'] });
      return filePaths[0];
    },
  };
}
