/**
 * A resolved experiment as the file it could have come from: loading that file gives the same experiment again.
 * Values are JSON, which YAML 1.2 contains; sections are laid out as people write them.
 */
import { strategyByName } from '../core/strategy/index.ts';
import type { ArmSpec, Experiment } from '../config/experiment.ts';
import { entriesOf, timeText } from '../config/fault-entries.ts';

type Section = { readonly [key: string]: unknown };

export function experimentFileText(experiment: Experiment): string {
  return `${lines(experimentFile(experiment), 0).join('\n')}\n`;
}

function experimentFile(experiment: Experiment): Section {
  const { name, seed, agents, problem, explore, relationship, cooperate, network, participation, faults, output } = experiment;
  const { kind, staleness } = network.rounds;
  return {
    name,
    seed,
    agents,
    problem: problemOf(experiment),
    ...(problem.kind === 'mlp' ? {} : { explore }),
    ...(relationship.isDefault ? {} : { relationship: relationshipOf(experiment) }),
    cooperate: { ...cooperate, arms: cooperate.arms.map((arm) => ({ ...armOf(arm), strategy: writtenName(experiment, arm.strategy) })) },
    network: { graph: network.graph, rounds: kind === 'bounded' ? { bounded: staleness } : kind, open: network.open },
    participation: { quorum: participation.quorum, wait: timeText(participation.waitMs) },
    faults: faults.flatMap(entriesOf),
    output,
  };
}

function relationshipOf(experiment: Experiment): Section {
  const { estimator, options, file } = experiment.relationship;
  return file === undefined ? { estimator: writtenName(experiment, estimator), ...options } : { file };
}

/** A module is named by its path, which must lead there from anywhere. */
function writtenName({ modules = [] }: Experiment, name: string): string {
  return modules.find((module) => module.name === name)?.source ?? name;
}

function problemOf(experiment: Experiment): Section {
  const { problem } = experiment;
  if (problem.kind === 'own-stream') return { kind: writtenName(experiment, problem.own.module), options: problem.own.options };
  if (problem.kind !== 'csv-table' || problem.own === undefined) return { ...problem };
  const { kind: _kind, loss: _loss, own, ...rest } = problem;
  return { kind: writtenName(experiment, own.module), options: own.options, ...rest };
}

/** A strategy that uses no relationship, or no eta, must not be given one; a prior and groups are learned where nothing is said. */
function armOf({ strategy: name, relationship, eta, guard, options }: ArmSpec): Section {
  const strategy = strategyByName(name);
  return {
    strategy: name,
    ...(strategy?.cooperatesOver === 'relationship' ? { relationship, guard } : {}),
    ...(strategy?.cooperatesOver === 'prior' ? { guard } : {}),
    ...((strategy?.cooperatesOver === 'prior' || strategy?.cooperatesOver === 'groups') && relationship !== 'learned' ? { relationship } : {}),
    ...((strategy?.cooperatesOver === 'subspace' || strategy?.cooperatesOver === 'groups') && !guard ? { guard } : {}),
    ...(eta === 'auto' ? {} : { eta }),
    ...options,
  };
}

/** Sections as blocks, the items of lists on a line each. */
function lines(section: Section, depth: number): string[] {
  const indent = '  '.repeat(depth);
  return Object.entries(section).flatMap(([key, value]) => {
    if (Array.isArray(value) && value.length > 0) return [`${indent}${key}:`, ...value.map((item) => `${indent}  - ${JSON.stringify(item)}`)];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${indent}${key}: ${JSON.stringify(value)}`];
    return [`${indent}${key}:`, ...lines(value as Section, depth + 1)];
  });
}
