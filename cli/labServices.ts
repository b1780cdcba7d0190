/** The real lab behind the commands. Loaded when it is needed: `causeway --help` must not wait for a broker's modules. */
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Services } from './services.ts';

/** How long a case of the suite waits where groups take seconds to be arranged. */
const OUTSIDE_PATIENCE_MS = 20_000;

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
    async startBridge(options) {
      const { startLab } = await import('../core/run/lab.ts');
      return startLab(options);
    },
    async checkPlan(asked) {
      const { selectCases } = await import('../core/checks/select.ts');
      const { ALL_CASES } = await import('../core/checks/suite.ts');
      return selectCases(ALL_CASES, asked);
    },
    async check({ mq, profile, ...options }) {
      const { startEngineLab } = await import('../core/checks/engineLab.ts');
      const { runChecks } = await import('../core/checks/runner.ts');
      const lab = await startEngineLab({ profile, ...(mq === undefined ? {} : { mq }) });
      try {
        return await runChecks(lab, mq === undefined ? options : { ...options, patienceMs: OUTSIDE_PATIENCE_MS });
      } finally {
        await lab.close();
      }
    },
    async choose({ engine, env, limit, measure, onProblem, ...options }) {
      const { userFolders, chooseFile } = await import('../core/host/folders.ts');
      const { ChooseStore } = await import('../core/choose/store.ts');
      const { tableOf } = await import('../core/choose/table.ts');
      const store = new ChooseStore(chooseFile(userFolders(process.platform, env, homedir())));
      const before = await store.rows(engine);
      if (before.problem !== undefined) onProblem(before.problem);
      if (measure) {
        const { runChoose } = await import('../core/choose/runChoose.ts');
        const { sizesFor } = await import('../core/choose/sizes.ts');
        try {
          const sizes = sizesFor(options.mq === undefined, limit);
          await runChoose({ ...options, sizes, onMeasured: (row) => store.keep(engine, row) });
        } catch (error) {
          if (!options.signal.aborted) throw error;
        }
      }
      const { rows, problem } = await store.rows(engine);
      return tableOf(engine, rows, null, problem);
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
    async connectMq(connection, onLost) {
      const { connectMq } = await import('../core/mq/connect.ts');
      return connectMq(connection, { name: 'causeway-cli', onLost });
    },
  };
}
