/** `kindred check FILE`: an experiment file, with the modules it names; or a module, by the laws of what it brings. */
import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ownOptions, type Own, type OwnOptions } from '../core/own/define.ts';
import { refuse, type Complaint } from '../config/complaints.ts';
import type { Experiment } from '../config/experiment.ts';
import { experimentHash, loadExperiment } from '../config/load.ts';
import { readModule } from '../config/module-source.ts';
import { holdModule } from '../config/own-module.ts';
import { applyOverrides, parseOverride } from '../config/overrides.ts';
import { optionsSchema } from '../config/schema.ts';
import { readTasks } from '../config/table-facts.ts';
import { complaintsAgainst } from '../config/validate.ts';
import type { LawResult } from '../testkit/law-result.ts';
import { lawsOf } from './check-module.ts';
import { collect } from './run.ts';

/** What was found of one module. */
interface Checked {
  readonly name: string;
  readonly brings: Own['brings'];
  readonly laws: readonly LawResult[];
}

interface Report {
  readonly file: string;
  readonly is: 'experiment' | Own['brings'];
  readonly passed: boolean;
  /** Of an experiment: what it comes to. */
  readonly experiment?: { readonly name: string; readonly agents: number; readonly arms: readonly string[]; readonly hash: string };
  readonly modules: readonly Checked[];
}

const EXAMPLE = `
A module is held to the laws of what it brings; one that fails is named with the figure that shows it: exit code 1. An
experiment file is read as by \`kindred run\`, and its modules are checked with its options, on the rows of its table.

Example:
  $ kindred check poisson.ts
  $ kindred check experiment.yaml`;

export function addCheckCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('check')
    .summary("test one's own problem, strategy or estimator, or an experiment file")
    .description("Hold a module of one's own to the laws of what it brings, or check an experiment file.")
    .argument('<file>', 'a module (.ts, .mts, .js, .mjs), or an experiment file (YAML)')
    .option('-c, --set <key=value>', 'an option of the module, or a key of the experiment file (repeatable)', collect, [])
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLE)
    .action((file: string, { set, json }: { set: readonly string[]; json?: boolean }) => {
      const report = /\.[cm]?[jt]s$/.test(extname(file)) ? checkModule(file, set) : checkExperiment(file, set);
      write(json === true ? `${JSON.stringify(report)}\n` : reportText(report));
      process.exitCode = report.passed ? 0 : 1;
    });
}

const readFile = (path: string): string => readFileSync(path, 'utf8');

function checkModule(file: string, set: readonly string[]): Report {
  const own = holdModule(readModule(file, resolve(file), readFile));
  const laws = lawsOf(file, own, optionsFrom(own, set));
  return { file, is: own.brings, passed: laws.every(({ passed }) => passed), modules: [{ name: file, brings: own.brings, laws }] };
}

/** Held against what the module says of them. Throws USAGE. */
function optionsFrom(own: Own, set: readonly string[]): OwnOptions {
  const schema = own.brings === 'problem' ? own.problem.options : own.brings === 'estimator' ? own.estimator.options : own.strategy.options;
  const options = applyOverrides({}, set.map(parseOverride)) as OwnOptions;
  const complaints = complaintsAgainst(optionsSchema(schema ?? {}), options).map((one): Complaint => ({ ...one, code: 'USAGE' }));
  refuse(complaints, (path) => ({ text: `-c ${path.join('.')}`, order: 0 }));
  return options;
}

function checkExperiment(file: string, set: readonly string[]): Report {
  const experiment = loadExperiment(file, { overrides: set, environment: process.env, readFile });
  const modules = (experiment.modules ?? []).flatMap((module) => checkedInside(experiment, module.name, holdModule(module)));
  const { name, agents, cooperate } = experiment;
  const about = { name, agents, arms: cooperate.arms.map(({ strategy }) => strategy), hash: experimentHash(experiment) };
  return { file, is: 'experiment', passed: modules.every(({ laws }) => laws.every(({ passed }) => passed)), experiment: about, modules };
}

/** A strategy once for each set of options that an arm gives it. */
function checkedInside(experiment: Experiment, name: string, own: Own): Checked[] {
  if (own.brings !== 'strategy') return [{ name, brings: own.brings, laws: lawsInside(experiment, name, own) }];
  const given = experiment.cooperate.arms.filter(({ strategy }) => strategy === name).map(({ options }) => JSON.stringify(options ?? {}));
  return [...new Set(given)].map((options) => ({
    name: options === '{}' ? name : `${name} ${options}`,
    brings: own.brings,
    laws: lawsOf(name, own, JSON.parse(options) as OwnOptions),
  }));
}

function lawsInside({ agents, problem, relationship }: Experiment, name: string, own: Own): LawResult[] {
  if (own.brings === 'estimator') return lawsOf(name, own, ownOptions(relationship.options));
  if (own.brings === 'problem' && problem.kind === 'own-stream') return lawsOf(name, own, problem.own.options, { agents });
  if (problem.kind !== 'csv-table' || problem.own === undefined) return lawsOf(name, own, {});
  const rows = problem.path === undefined ? undefined : readTasks(problem, readFile)[0];
  return lawsOf(name, own, problem.own.options, { rows });
}

function reportText({ file, is, passed, experiment, modules }: Report): string {
  const heading =
    experiment === undefined
      ? `${file} brings ${is === 'problem' ? 'a problem' : is === 'strategy' ? 'a strategy' : 'an estimator'}`
      : `${file} is a valid experiment: ${experiment.agents} agents, ${experiment.arms.length} arms (${experiment.arms.join(', ')})`;
  const lines = modules.flatMap(({ name, laws }) => [...(experiment === undefined ? [] : [`${name}:`]), ...laws.map(lawLine)]);
  const failed = modules.flatMap(({ laws }) => laws).filter((law) => !law.passed).length;
  const end = modules.length === 0 ? [] : [passed ? 'every law holds' : `${failed} ${failed === 1 ? 'law does' : 'laws do'} not hold`];
  return `${[heading, ...lines, ...end].join('\n')}\n`;
}

function lawLine({ law, passed, detail }: LawResult): string {
  return `  ${passed ? 'holds' : 'FAILS'}  ${law}: ${detail}`;
}
