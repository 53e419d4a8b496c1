/**
 * The processes of a run, with their logs in its directory. Detached: a Ctrl-C in the terminal reaches the supervisor
 * alone, which ends the run in order.
 */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunFiles } from './run-files.ts';

const COORDINATOR_MAIN = fileURLToPath(new URL('../coordinator/main.js', import.meta.url));
const AGENT_MAIN = fileURLToPath(new URL('../agent/main.js', import.meta.url));

/** Its job is written already. */
export function spawnCoordinator(files: RunFiles): ChildProcess {
  return files.withLog('coordinator', (log) => fork(COORDINATOR_MAIN, [files.jobFile], { stdio: ['ignore', log, log, 'ipc'], detached: true, execArgv: [] }));
}

export function spawnAgent(files: RunFiles, agent: number, joinUrl: string): ChildProcess {
  const args = ['--join', joinUrl, '--token-file', files.tokenFile, '--index', String(agent), '--state', files.agentState(agent)];
  return files.withLog(`agent-${agent}`, (log) => spawn(process.execPath, [AGENT_MAIN, ...args], { stdio: ['ignore', log, log, 'ipc'], detached: true }));
}
