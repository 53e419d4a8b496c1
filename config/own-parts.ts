/**
 * The modules that an experiment file names by path, and its sections about them. The schema knows built-in names only: a
 * section about a module is checked by what the module says of itself, and stands in for a built-in one in the rest.
 */
import { dirname, resolve } from 'node:path';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { isModulePath } from '../core/own/brought.ts';
import type { Own, OwnOptions, ProblemModule, StrategyModule } from '../core/own/define.ts';
import { estimatorOfModule, withDefaults } from '../core/own/define.ts';
import { isFields } from '../core/relationship/kinds.ts';
import type { Complaint, Path } from './complaints.ts';
import { readModule } from './module-source.ts';
import { bringModules, holdModule, type OwnModule } from './own-module.ts';
import { ARM_KEYS, estimatorSchema, OWN_STREAM, OWN_TABLE, optionsSchema, ownArmSchema, type ExperimentFile } from './schema.ts';
import type { ReadFile } from './table-facts.ts';
import { complaintsAgainst } from './validate.ts';

/** A path in the file, where it stands and what it must bring. */
interface Named {
  readonly path: Path;
  readonly name: string;
  readonly brings: Own['brings'];
}

export interface OwnParts {
  readonly modules: readonly OwnModule[];
  /** The file, as the schema knows it: built-in names instead of paths. */
  readonly standIn: unknown;
  readonly complaints: readonly Complaint[];
  /** The valid file again, the problem in its resolved form. */
  readonly restore: (valid: ExperimentFile) => ExperimentFile;
}

const NAME = /^[!-~]+$/;
const STAND_IN = { strategy: 'consensus', problem: { kind: 'gmrf-regression' } } as const;

/** Reads, holds and brings every module that the file names; `refuse` throws where one cannot be. `file` is the experiment file. */
export function ownPartsOf(value: unknown, file: string, readFile: ReadFile, refuse: (complaints: readonly Complaint[]) => void): OwnParts {
  const named = namedIn(value);
  const modules = new Map<string, OwnModule>();
  const complaints: Complaint[] = [];
  const brought = new Map<string, Own>();
  for (const { path, name, brings } of named) {
    try {
      const known = modules.get(name) ?? readModule(name, resolve(dirname(file), checkedName(name)), readFile);
      modules.set(name, known);
      const own = holdModule(known);
      if (own.brings !== brings) complaints.push({ code: 'MODULE_INVALID', path, message: `"${name}" brings a ${own.brings}; a ${brings} is needed here` });
      brought.set(name, own);
    } catch (error) {
      if (!(error instanceof KindredError)) throw error;
      complaints.push({ code: error.code, path, message: error.message });
    }
  }
  refuse(complaints);
  bringModules([...modules.values()]);
  if (!isFields(value)) return { standIn: value, complaints, restore: (valid) => valid, modules: [] };
  return { ...sections(value, brought), modules: [...modules.values()] };
}

type Fields = Readonly<Record<string, unknown>>;

function checkedName(name: string): string {
  if (name.length <= LIMITS.nameCharsMax && NAME.test(name)) return name;
  throw new KindredError('MODULE_UNREADABLE', `a path to a module has at most ${LIMITS.nameCharsMax} characters of ASCII, without spaces`);
}

function namedIn(value: unknown): Named[] {
  if (!isFields(value)) return [];
  const named: Named[] = [];
  const add = (path: Path, name: unknown, brings: Own['brings']): void => {
    if (typeof name === 'string' && isModulePath(name)) named.push({ path, name, brings });
  };
  if (isFields(value['problem'])) add(['problem', 'kind'], value['problem']['kind'], 'problem');
  if (isFields(value['relationship'])) add(['relationship', 'estimator'], value['relationship']['estimator'], 'estimator');
  armsOf(value).forEach((arm, i) => isFields(arm) && add(['cooperate', 'arms', i, 'strategy'], arm['strategy'], 'strategy'));
  return named;
}

function armsOf(value: Fields): readonly unknown[] {
  const cooperate = value['cooperate'];
  return isFields(cooperate) && Array.isArray(cooperate['arms']) ? cooperate['arms'] : [];
}

/** The sections about modules checked by themselves, and taken out of what is left to the schema. */
function sections(value: Fields, brought: ReadonlyMap<string, Own>): Omit<OwnParts, 'modules'> {
  const complaints: Complaint[] = [];
  const standIn: Record<string, unknown> = { ...value };
  const under = (path: Path, found: readonly Complaint[]): void => void complaints.push(...found.map((one) => ({ ...one, path: [...path, ...one.path] })));
  const { problem, relationship, cooperate } = value as Record<string, Fields | undefined>;
  const ownProblem = brought.get(String(problem?.['kind']));
  if (problem !== undefined && ownProblem?.brings === 'problem') {
    under(['problem'], problemComplaints(problem, ownProblem.problem));
    standIn['problem'] = STAND_IN.problem;
  }
  const ownEstimator = brought.get(String(relationship?.['estimator']));
  if (relationship !== undefined && ownEstimator?.brings === 'estimator') {
    const name = String(relationship['estimator']);
    under(['relationship'], complaintsAgainst(estimatorSchema(estimatorOfModule(name, ownEstimator.estimator)), relationship));
    delete standIn['relationship'];
  }
  const arms = armsOf(value).map((arm, i) => {
    const own = ownStrategy(arm, brought);
    if (own === undefined) return arm;
    under(['cooperate', 'arms', i], armComplaints(arm as Fields, own));
    return { strategy: STAND_IN.strategy };
  });
  if (arms.length > 0) standIn['cooperate'] = { ...cooperate, arms };
  const restore = (): ExperimentFile => restored(withArms(value, brought), ownProblem?.brings === 'problem' ? ownProblem.problem : undefined);
  return { standIn, complaints, restore };
}

function ownStrategy(arm: unknown, brought: ReadonlyMap<string, Own>): StrategyModule | undefined {
  const own = isFields(arm) ? brought.get(String(arm['strategy'])) : undefined;
  return own?.brings === 'strategy' ? own.strategy : undefined;
}

function armComplaints(arm: Fields, own: StrategyModule): Complaint[] {
  const taken = Object.keys(own.options ?? {}).find((key) => ARM_KEYS.includes(key));
  if (taken === undefined) return complaintsAgainst(ownArmSchema(own), arm);
  return [{ code: 'MODULE_INVALID', path: ['strategy'], message: `its option "${taken}" is called as a key that every arm has` }];
}

/** What stands beside a strategy of one's own, in a section of its own, with defaults. */
function withArms(value: Fields, brought: ReadonlyMap<string, Own>): Fields {
  const arms = armsOf(value).map((arm) => {
    const schema = ownStrategy(arm, brought)?.options;
    if (schema === undefined) return arm;
    const [keys, options] = [true, false].map((isKey) => Object.fromEntries(Object.entries(arm as Fields).filter(([key]) => ARM_KEYS.includes(key) === isKey)));
    return { ...keys, options: withDefaults(schema, options as OwnOptions) };
  });
  return arms.length === 0 ? value : { ...value, cooperate: { ...(value['cooperate'] as Fields), arms } };
}

function problemComplaints(problem: Fields, module: ProblemModule): Complaint[] {
  const complaints = complaintsAgainst(module.stream === undefined ? OWN_TABLE : OWN_STREAM, problem);
  const options = complaintsAgainst(optionsSchema(module.options ?? {}), problem['options'] ?? {});
  return [...complaints, ...options.map((one) => ({ ...one, path: ['options', ...one.path] }))];
}

/** The whole file, valid by now: `kind` says that there is a module, `module` which one it is. */
function restored(value: Fields, module: ProblemModule | undefined): ExperimentFile {
  if (module === undefined) return value as unknown as ExperimentFile;
  const { kind, options, ...rest } = value['problem'] as Fields;
  const own = { module: kind, options: withDefaults(module.options ?? {}, (options ?? {}) as Record<string, number>) };
  return { ...value, problem: { kind: module.stream === undefined ? 'own-table' : 'own-stream', ...own, ...rest } } as unknown as ExperimentFile;
}
