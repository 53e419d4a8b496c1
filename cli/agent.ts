/** `kindred agent`: one agent, joining a coordinator that may be on another machine. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { KindredError } from '../core/errors.ts';

interface AgentFlags {
  readonly join: string;
  readonly tokenFile: string;
  readonly index?: string;
  readonly host: string;
}

const AGENT_MAIN = fileURLToPath(new URL('../agent/main.js', import.meta.url));

export function addAgentCommand(program: Command): void {
  program
    .command('agent')
    .summary('one agent that joins a coordinator')
    .description('Start one agent and join the coordinator at URL. Logs one JSON line per event.')
    .requiredOption('--join <url>', 'where the coordinator listens: ws://host:port/agents')
    .requiredOption('--token-file <file>', 'the join token that the coordinator wrote')
    .option('--index <k>', 'which agent this is, from 0; the next free one if not given')
    .option('--host <address>', 'address to listen on for other agents', '127.0.0.1')
    .option('--json', 'accepted everywhere; the log is JSON already')
    .addHelpText('after', '\nExample:\n  $ kindred agent --join ws://127.0.0.1:7373/agents --token-file token --index 3')
    .action(startAgent);
}

function startAgent({ join, tokenFile, index, host }: AgentFlags): void {
  if (!/^wss?:\/\//.test(join)) throw new KindredError('USAGE', `must be a ws:// URL (got "${join}")`, { where: '--join' });
  if (!existsSync(tokenFile)) throw new KindredError('USAGE', `there is no file "${tokenFile}"`, { where: '--token-file' });
  if (index !== undefined && !/^\d{1,6}$/.test(index)) throw new KindredError('USAGE', `must be a whole number (got "${index}")`, { where: '--index' });
  const args = ['--join', join, '--token-file', tokenFile, '--host', host, ...(index === undefined ? [] : ['--index', index])];
  const child = spawn(process.execPath, [AGENT_MAIN, ...args], { stdio: 'inherit' });
  child.on('exit', (code) => (process.exitCode = code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
}
