/**
 * A resolved experiment as the file it could have come from: loading that file gives the same experiment again.
 * Values are JSON, which YAML 1.2 contains; sections are laid out as people write them.
 */
import { STRATEGIES } from '../core/strategy/index.ts';
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
    problem,
    explore,
    relationship: { estimator: relationship.estimator, ...relationship.options },
    cooperate: { ...cooperate, arms: cooperate.arms.map(armOf) },
    network: { graph: network.graph, rounds: kind === 'bounded' ? { bounded: staleness } : kind, open: network.open },
    participation: { quorum: participation.quorum, wait: timeText(participation.waitMs) },
    faults: faults.flatMap(entriesOf),
    output,
  };
}

/** A strategy that uses no relationship, or no eta, must not be given one. */
function armOf({ strategy: name, relationship, eta }: ArmSpec): Section {
  const strategy = Object.values(STRATEGIES).find((one) => one.name === name);
  return {
    strategy: name,
    ...(strategy?.cooperatesOver === 'relationship' ? { relationship } : {}),
    ...(eta === 'auto' ? {} : { eta }),
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
