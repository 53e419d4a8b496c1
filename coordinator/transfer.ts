/**
 * What cooperating was worth, from the gains that agents measured against their shadows: per agent, for the network, and
 * what to say and do where it harms. The gate is the network's: falling back agent by agent was measured to harm.
 */
import type { Diagnostic } from '../core/relationship/relationship.ts';
import type { ArmResult } from '../core/run-result.ts';
import { gainOf, harmed, isHarm, summedGain } from '../core/transfer-gain.ts';
import type { Gain } from '../core/transfer-gain.ts';
import type { ArmPlan } from './relate.ts';
import { reportedByAll } from './script.ts';
import type { StageReports, Values } from './script.ts';

/** More names than that nobody reads. */
const NAMED_MAX = 5;

export interface Transfer {
  /** By agent; null for one that took no part. */
  readonly byAgent: readonly (Gain | null)[];
  readonly network: Gain;
  readonly diagnostics: readonly Diagnostic[];
  /** The network does better alone, for certain. */
  readonly harms: boolean;
}

/** Undefined for arms that use no relationship: their agents keep no shadow. */
export function transferOf(plan: ArmPlan, reports: StageReports, names: readonly string[]): Transfer | undefined {
  if (plan.strategy.cooperatesOver !== 'relationship') return undefined;
  const batchMeans = reportedByAll(reports, 'gain');
  const own = new Map(reports.participants.map((agent, place) => [agent, gainOf(batchMeans[place])]));
  const network = summedGain(batchMeans);
  const losers = harmed(batchMeans).map(({ place, gain }) => ({ name: names[reports.participants[place]], gain }));
  return {
    byAgent: plan.views.map((_, agent) => own.get(agent) ?? null),
    network,
    diagnostics: losers.length === 0 ? [] : [negativeTransfer(plan, losers)],
    harms: isHarm(network),
  };
}

/** The arm's names in results. */
export function transferResult({ byAgent, network }: Transfer, fellBackFrom: number | null): Pick<ArmResult, 'gainByAgent' | 'gain' | 'fellBack'> {
  return { gainByAgent: byAgent, gain: network, fellBack: fellBackFrom === null ? null : { steadyError: fellBackFrom } };
}

/** About a network that does better alone. */
export function networkHarmed(plan: ArmPlan, { network, byAgent }: Transfer, cooperatingError: number): Diagnostic {
  const agents = byAgent.filter((gain) => gain !== null).length;
  const harm = `${nameOf(plan)}: cooperating harms the network (${lossText(network)}, summed over ${agents} agents)`;
  const act = plan.spec.guard
    ? `every agent delivers what it learned alone; the cooperating models had the error ${cooperatingError.toPrecision(3)}`
    : 'the guard is off, so the cooperating models are delivered all the same';
  return { code: plan.spec.guard ? 'GUARD_FELL_BACK' : 'NETWORK_HARMED', message: `${harm}: ${act}`, value: network.gain };
}

/** The reports of an arm, with what the agents learned alone in place of the arm's models. */
export function fallenBack(cooperating: StageReports, alone: StageReports): StageReports {
  const values: Values[] = [];
  // Who came back only now has cooperated in nothing.
  const participants = alone.participants.filter((agent) => cooperating.participants.includes(agent));
  for (const agent of participants) {
    const before = cooperating.values[agent];
    const traffic = [0, 1].map((i) => (before.get('traffic')?.[i] ?? 0) + (alone.values[agent].get('traffic')?.[i] ?? 0));
    values[agent] = new Map([...before, ...alone.values[agent], ['traffic', Float64Array.from(traffic)]]);
  }
  return { ...cooperating, participants, values };
}

function negativeTransfer(plan: ArmPlan, losers: readonly { readonly name: string; readonly gain: Gain }[]): Diagnostic {
  const worst = [...losers].sort((a, b) => a.gain.gain - b.gain.gain);
  const named = worst.slice(0, NAMED_MAX).map(({ name, gain }) => `agent ${name} (${lossText(gain)})`);
  const rest = worst.length > NAMED_MAX ? [`and ${worst.length - NAMED_MAX} more`] : [];
  const message = `${nameOf(plan)}: on fresh batches ${[...named, ...rest].join(', ')} would do better alone`;
  return { code: 'NEGATIVE_TRANSFER', message, value: losers.length };
}

/** `loss +1.2, surely between +0.4 and +2.0`. */
function lossText({ gain, low, high }: Gain): string {
  const text = (value: number): string => `${value > 0 ? '-' : '+'}${Math.abs(value).toPrecision(2)}`;
  return low === null || high === null ? `loss ${text(gain)}` : `loss ${text(gain)}, between ${text(high)} and ${text(low)}`;
}

function nameOf(plan: ArmPlan): string {
  return `${plan.strategy.name} (${plan.relationship})`;
}
