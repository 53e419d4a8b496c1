/** `kindred agent`: one agent, joining a coordinator that may be on another machine. Started again, it goes on. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { KindredError } from '../core/errors.ts';
import { readModule } from '../config/module-source.ts';
import { programOf } from './programs.ts';
import { collect } from './run.ts';

export interface AgentFlags {
  readonly join: string;
  readonly tokenFile: string;
  readonly index?: string;
  readonly host: string;
  readonly advertise?: string;
  readonly state?: string;
  readonly data?: string;
  readonly module?: readonly string[];
}

/** Addresses that mean every interface: nobody can be told to dial them. */
const ANY_INTERFACE = ['0.0.0.0', '::', '[::]'];

export function addAgentCommand(program: Command): void {
  program
    .command('agent')
    .summary('one agent that joins a coordinator')
    .description('Start one agent and join the coordinator at URL. Started again after it ended early, it goes on. Logs one JSON line per event.')
    .requiredOption('--join <url>', 'where the coordinator listens: ws://host:port/agents')
    .requiredOption('--token-file <file>', 'the join token that the coordinator wrote')
    .option('--index <k>', 'which agent this is, from 0; the next free one if not given')
    .option('--host <address>', 'address to listen on for other agents; 0.0.0.0 is all of them', '127.0.0.1')
    .option('--advertise <host>', 'name or address that other agents reach this one by; --host if not given')
    .option('--state <dir>', 'where it writes checkpoints, to go on from; by default .kindred/agent-K here, none without --index')
    .option('--data <file>', 'its own table (CSV with a header, its own rows only), which nobody else reads; needs --index')
    .option('--module <file>', "a module of one's own that the experiment names: this agent runs no other code than its own and this (repeatable)", collect, [])
    .option('--json', 'accepted everywhere; the log is JSON already')
    .addHelpText('after', '\nExample:\n  $ kindred agent --join ws://127.0.0.1:7373/agents --token-file token --index 3')
    .action((flags: AgentFlags) => startAgent(agentArguments(flags)));
}

/** What agent/main.ts is called with. Throws USAGE. */
export function agentArguments({ join: url, tokenFile, index, host, advertise, state = stateOf(index), data, module = [] }: AgentFlags): string[] {
  const refuse = (where: string, detail: string): never => {
    throw new KindredError('USAGE', detail, { where });
  };
  if (!/^wss?:\/\//.test(url)) refuse('--join', `must be a ws:// URL (got "${url}")`);
  if (!existsSync(tokenFile)) refuse('--token-file', `there is no file "${tokenFile}"`);
  if (index !== undefined && !/^\d{1,6}$/.test(index)) refuse('--index', `must be a whole number (got "${index}")`);
  if (ANY_INTERFACE.includes(host) && advertise === undefined)
    refuse('--advertise', `is missing: with --host ${host} other agents must be told where to find this one, for example --advertise worker-3.local`);
  if (data !== undefined && index === undefined) refuse('--index', 'is missing: with --data an agent must say whose table it is');
  if (data !== undefined && !existsSync(data)) refuse('--data', `there is no file "${data}"`);
  const modules = module.length === 0 ? undefined : compiledModules(module);
  const given = { index, advertise, state, data, modules };
  const options = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  return ['--join', url, '--token-file', tokenFile, '--host', host, ...options];
}

/** A file of them, for a process that has no compiler. Only its digest counts: the name is the experiment's. */
function compiledModules(sources: readonly string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'kindred-modules-')), 'modules.json');
  const modules = sources.map((source) => readModule(source, resolve(source), (path) => readFileSync(path, 'utf8')));
  writeFileSync(file, JSON.stringify(modules), { mode: 0o600 });
  return file;
}

/** Two agents of one directory must not share it, so an agent without a number of its own has none. */
function stateOf(index: string | undefined): string | undefined {
  return index === undefined ? undefined : join('.kindred', `agent-${index}`);
}

function startAgent(args: readonly string[]): void {
  let signals = 0;
  // Before there is a child: whoever was ended on the way would leave it behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(++signals > 1 ? 'SIGKILL' : signal));
  const child = spawn(process.execPath, [programOf('agent'), ...args], { stdio: 'inherit' });
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}
