/** What does not fit together where agents learn the relationship themselves: nobody there sees all of it. */
import { LIMITS } from '../core/limits.ts';
import { agentHostedByName } from '../core/relationship/agent-hosted.ts';
import { sharedSubspace } from '../core/relationship/shared-subspace.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { Complaint, Path } from './complaints.ts';
import type { ArmSpec, Experiment } from './experiment.ts';
import type { ExperimentFile } from './schema.ts';

/** None for estimators that the coordinator hosts. */
export function hostedComplaints(given: ExperimentFile, { problem, cooperate, relationship }: Experiment): Complaint[] {
  const { estimator, options } = relationship;
  if (agentHostedByName(estimator) === undefined) return [];
  if (problem.kind === 'csv-table')
    return [invalid(['relationship', 'estimator'], `agents learn by themselves on gmrf-regression only (got "${estimator}"); on a table use cgl`)];
  const guards = given.cooperate?.arms?.map(({ guard }) => guard) ?? [];
  const complaints = cooperate.arms.flatMap((arm, i) => armComplaints(arm, ['cooperate', 'arms', i], estimator, guards[i]));
  if (options['pairs'] !== undefined) complaints.push(invalid(['relationship', 'pairs'], 'in a run it is network.graph that says who knows whom'));
  const [arms, most] = [cooperate.arms.length, LIMITS.autonomousArmsMax];
  if (arms > most)
    complaints.push(invalid(['cooperate', 'arms'], `at most ${most} arms (got ${arms}): agents that learn by themselves ("${estimator}") report all at once`));
  return complaints;
}

/** A subspace that agents learn by gossip: nobody sees the eigenvalues that a rank is found by, and a mean must miss nobody. */
export function gossipComplaints(given: ExperimentFile, { relationship: { estimator, options }, network, cooperate }: Experiment): Complaint[] {
  if (estimator !== sharedSubspace.name || options['host'] !== 'agents') return [];
  const { kind } = network.rounds;
  const guarded = cooperate.arms.findIndex(
    ({ strategy }, i) => strategyByName(strategy)?.cooperatesOver === 'subspace' && given.cooperate?.arms?.[i]?.guard === true,
  );
  return [
    ...(guarded < 0
      ? []
      : [invalid(['cooperate', 'arms', guarded, 'guard'], 'with host: agents nobody compares what agents gain (got true); leave the key out')]),
    ...(typeof options['rank'] === 'number'
      ? []
      : [invalid(['relationship', 'rank'], `with host: agents nobody sees enough to find it (got ${String(options['rank'] ?? 'auto')}); give a number`)]),
    ...(kind === 'bsp' ? [] : [invalid(['network', 'rounds'], `agents mix means of everybody, which waits for all: with host: agents use bsp (got ${kind})`)]),
  ];
}

function armComplaints({ strategy, relationship }: ArmSpec, path: Path, estimator: string, guard: boolean | undefined): Complaint[] {
  const complaints: Complaint[] = [];
  const uses = strategyByName(strategy)?.cooperatesOver === 'relationship';
  if (uses && relationship !== 'learned' && relationship !== 'known')
    complaints.push(
      invalid([...path, 'relationship'], `with "${estimator}" no agent knows more than its own row (got "${relationship}"); use learned or known`),
    );
  if (guard === true) complaints.push(invalid([...path, 'guard'], `with "${estimator}" nobody judges the network as a whole; leave the key out`));
  return complaints;
}

function invalid(path: Path, message: string): Complaint {
  return { code: 'CONFIG_INVALID', path, message };
}
