/** The real lab behind the commands. Loaded when it is needed: `causeway --help` must not wait for a broker's modules. */
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Services } from './services.ts';

/** Services of this process; `workersUrl` is the folder of the compiled worker entries. */
export function labServices(workersUrl: URL): Services {
  return {
    async loadScenario(path, options) {
      const { loadScenario } = await import('../core/scenario/loader.ts');
      return loadScenario(path, options);
    },
    async explain(loaded) {
      const { explainScenario, formatExplanation } = await import('../core/scenario/explain.ts');
      const data = explainScenario(loaded);
      return { data, text: formatExplanation(data) };
    },
    async startRun(options) {
      const { startRun } = await import('../core/run/runner.ts');
      return startRun({ ...options, workersUrl });
    },
    async startLab(options) {
      const { startLab } = await import('../core/run/lab.ts');
      return startLab(options);
    },
    async checkPlan(asked) {
      const { selectCases } = await import('../core/checks/select.ts');
      const { ALL_CASES } = await import('../core/checks/suite.ts');
      return selectCases(ALL_CASES, asked);
    },
    async check({ engine: _, profile, ...options }) {
      const { startEmbeddedLab } = await import('../core/checks/embeddedLab.ts');
      const { runChecks } = await import('../core/checks/runner.ts');
      const lab = await startEmbeddedLab({ profile });
      try {
        return await runChecks(lab, options);
      } finally {
        await lab.close();
      }
    },
    async serve({ port, ...request }) {
      const { createLabHost } = await import('../core/host/labHost.ts');
      const { userFolders } = await import('../core/host/folders.ts');
      const { openWindowServer } = await import('./serve/windowServer.ts');
      const lab = createLabHost({
        ...userFolders(process.platform, request.env, homedir()),
        ...request,
        host: 'browser',
        workersUrl,
      });
      try {
        const rendererFolder = fileURLToPath(new URL('../renderer/', workersUrl));
        const server = await openWindowServer({ port, rendererFolder, lab });
        return {
          url: server.url,
          get running() {
            return lab.running;
          },
          stop: () => lab.stop(),
          close: async () => {
            await server.close();
            await lab.close();
          },
        };
      } catch (error) {
        await lab.close();
        throw error;
      }
    },
    async connectMq(address, onLost, credentials) {
      const { connectEmbeddedMq } = await import('../core/mq/embedded/client.ts');
      return connectEmbeddedMq({
        ...address,
        name: 'causeway-cli',
        onLost,
        ...(credentials === undefined ? {} : { credentials }),
      });
    },
  };
}
