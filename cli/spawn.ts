/**
 * The processes of a run, with their logs in its directory. Detached: a Ctrl-C in the terminal reaches the supervisor
 * alone, which ends the run in order.
 */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { programOf } from './programs.ts';
import type { RunFiles } from './run-files.ts';

/** Its job is written already. */
export function spawnCoordinator(files: RunFiles): ChildProcess {
  return files.withLog('coordinator', (log) =>
    fork(programOf('coordinator'), [files.jobFile], { stdio: ['ignore', log, log, 'ipc'], detached: true, execArgv: [] }),
  );
}

/** What one agent of a process has alone; `data` is its own table, where it has one. */
export interface OwnFiles {
  readonly agent: number;
  readonly state: string;
  readonly data: string | undefined;
}

/** One process for all of them; its log is named after the first one. An agent's options are at one place in each list, empty ones too. */
export function spawnAgents(files: RunFiles, agents: readonly OwnFiles[], joinUrl: string, hasModules: boolean): ChildProcess {
  const own = agents.flatMap(({ agent, state, data = '' }) => ['--index', String(agent), '--state', state, '--data', data]);
  const args = ['--join', joinUrl, '--token-file', files.tokenFile, ...(hasModules ? ['--modules', files.modulesFile] : []), ...own];
  return files.withLog(`agent-${agents[0].agent}`, (log) =>
    spawn(process.execPath, [programOf('agent'), ...args], { stdio: ['ignore', log, log, 'ipc'], detached: true }),
  );
}
