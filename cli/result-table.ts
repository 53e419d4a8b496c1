/** The tables a run ends with: one line per arm, and for few agents what each of them gained. */
import type { ArmResult, LearnedRelationship, RunResult } from '../core/run-result.ts';
import { isHarm } from '../core/transfer-gain.ts';
import { agentsOf, isAboutEverybody, isAboutSameAgents, strategyText, withOptions } from '../figures/arms.ts';
import { formatBytes, formatGain, formatNumber, formatTable, type Column } from './table.ts';

const ALONE = 'non-cooperative';
/** With more agents the table of agents is longer than anybody reads. */
const AGENTS_SHOWN_MAX = 16;
/** A gain below this is rounding, not help. */
const GAIN_MIN = 1e-9;

const left = (title: string): Column => ({ title });
const right = (title: string): Column => ({ title, align: 'right' });

/** Everything `show` and the end of `run` print about a result. */
export function resultTables(result: RunResult): string {
  const parts = [
    headline(result),
    moduleLine(result),
    relationshipLine(result),
    result.arms.length === 0 ? undefined : armTable(result),
    agentTable(result),
    ...notes(result),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

/** The table of arms: synthetic problems have a predicted error, tables have held-out errors in the target's units. */
export function armTable(result: RunResult): string {
  return isTable(result) ? heldOutTable(result) : deviationTable(result);
}

function headline(result: RunResult): string {
  const { expected, completed, missing } = result.agents;
  const lost = missing.length === 0 ? '' : `, missing ${missing.map((agent) => result.agents.names[agent] ?? String(agent)).join(', ')}`;
  const failure = result.error === undefined ? '' : `\nerror ${result.error.code} ${result.error.message}\n  hint: ${result.error.hint}`;
  return `${result.experiment} (seed ${result.seed}, ${result.mode}): ${result.status}, agents ${completed}/${expected}${lost}\nrun ${result.runId} in ${result.directory}${failure}`;
}

/** The problem, where it is of one's own, with its options. */
function moduleLine({ problem }: RunResult): string | undefined {
  if (problem?.module === undefined) return undefined;
  return `problem ${withOptions(problem.module, problem.options ?? {})}`;
}

/** One line per relationship: the one that the result tells of first, then the others. */
function relationshipLine({ relationship, agents }: RunResult): string | undefined {
  if (relationship === null) return undefined;
  const error = relationship.relativeError === null ? '' : `, relative error ${formatNumber(relationship.relativeError)}`;
  const { recoverySteps } = relationship;
  const back = recoverySteps === undefined ? '' : `, recovered from the change: ${recoveryText(recoverySteps)}`;
  const others = (relationship.learned ?? []).filter(({ version }) => version !== relationship.version);
  return [`${learnedText(relationship, agents.expected)}${error}${back}`, ...others.map((one) => learnedText(one, agents.expected))].join('\n');
}

function learnedText(learned: LearnedRelationship & Pick<NonNullable<RunResult['relationship']>, 'given'>, agents: number): string {
  const { version, kind, estimator, contributors, given } = learned;
  // Of one that was given, these are the agents that went by it, not those that it was learned from.
  const from = contributors.length === agents ? ` from ${agents} agents` : ` from ${contributors.length} of ${agents} agents`;
  const origin = given === undefined ? from : `, given (v${given.version} of run ${given.run})`;
  return `relationship v${version}: ${kind} by ${estimator}${origin}`;
}

function deviationTable(result: RunResult): string {
  const alone = aloneOf(result);
  const shadowed = result.arms.some((arm) => arm.gainByAgent !== undefined);
  const helped = shadowed ? [right('helped')] : [];
  const expected = driftColumns(result) ?? (isOwn(result) ? [] : [right('predicted')]);
  const columns = [...nameColumns(result), right(errorWord(result)), ...expected, right('gain'), ...helped, right('eta'), right('rounds/s'), right('sent')];
  const rows = result.arms.map((arm) => [
    ...nameCells(arm, result),
    formatNumber(arm.steadyError),
    ...(driftCells(arm) ?? (isOwn(result) ? [] : [formatNumber(arm.predictedError)])),
    gainCell(arm, alone, false),
    ...(shadowed ? [helpedCell(arm)] : []),
    formatNumber(arm.eta),
    formatNumber(arm.roundsPerSecond, 3),
    formatBytes(arm.bytesSent),
  ]);
  return formatTable(columns, rows);
}

/** Where tasks drift, theory predicts nothing, and regret and recovery stand in its place. */
function driftColumns({ arms }: RunResult): Column[] | undefined {
  if (arms.every((arm) => arm.regret === undefined)) return undefined;
  return [right('regret'), ...(arms.some((arm) => arm.recoverySteps !== undefined) ? [right('recovered')] : [])];
}

function driftCells({ regret, recoverySteps }: ArmResult): string[] | undefined {
  if (regret === undefined) return undefined;
  return [formatNumber(regret.oracle, 2), ...(recoverySteps === undefined ? [] : [recoveryText(recoverySteps)])];
}

function recoveryText(steps: number | null): string {
  return steps === null ? 'never' : `${steps} steps`;
}

function heldOutTable(result: RunResult): string {
  const alone = aloneOf(result);
  const logistic = isLogistic(result);
  const sd = result.problem?.targetSd;
  const errors = logistic ? [right('error rate'), right('auc')] : isOwn(result) ? [right(errorWord(result))] : [right('RMSE'), right('RMSE/sd')];
  const columns = [...nameColumns(result), ...errors, right('gain'), right('better off'), right('eta'), right('rounds'), right('sent')];
  const rows = result.arms.map((arm) => [
    ...nameCells(arm, result),
    formatNumber(arm.steadyError),
    ...(isOwn(result) ? [] : [logistic ? formatNumber(arm.auc) : formatNumber(sd === undefined ? null : arm.steadyError / sd)]),
    gainCell(arm, alone, logistic),
    alone === undefined || arm === alone ? '-' : betterOff(arm, alone, logistic),
    formatNumber(arm.eta),
    String(arm.rounds),
    formatBytes(arm.bytesSent),
  ]);
  return formatTable(columns, rows);
}

/** Gains of each agent against learning alone, one column per arm; undefined where there is nothing to compare or too many. */
export function agentTable(result: RunResult): string | undefined {
  const alone = aloneOf(result);
  const others = result.arms.filter((arm) => arm !== alone);
  if (alone === undefined || others.length === 0 || alone.errorByAgent.length > AGENTS_SHOWN_MAX) return undefined;
  const logistic = isLogistic(result);
  const before = agentLosses(alone, logistic);
  const columns = [left('agent'), right('alone'), ...others.map((arm) => right(armName(arm)))];
  const rows = before.map((loss, agent) => [
    result.agents.names[agent] ?? String(agent),
    formatNumber(loss),
    ...others.map((arm) => formatGain(gain(agentLosses(arm, logistic)[agent], loss))),
  ]);
  return `gain of each agent against learning alone (${logistic ? '1 - auc' : errorWord(result)})\n${formatTable(columns, rows)}`;
}

function notes(result: RunResult): (string | undefined)[] {
  const diagnostics = [...(result.relationship?.diagnostics ?? []), ...result.diagnostics];
  const gainNote =
    result.arms.length > 1 && aloneOf(result) !== undefined
      ? `gain: how much smaller ${isLogistic(result) ? '1 - auc' : 'the error'} is than ${ALONE}'s`
      : undefined;
  const helpedNote = result.arms.some((arm) => arm.gainByAgent !== undefined)
    ? 'helped: how many agents did better on fresh batches than their shadows, which learn alone beside them (95 %)'
    : undefined;
  const driftNote = driftColumns(result) && 'regret: mean error above the arm with the known relationship, over all steps';
  const recoveredNote = result.arms.some((arm) => arm.recoverySteps !== undefined)
    ? 'recovered: steps after the change until the error stayed within 10 % of what it was before'
    : undefined;
  return [
    [gainNote, helpedNote, driftNote, recoveredNote].filter((note) => note !== undefined).join('\n') || undefined,
    diagnostics.length === 0 ? undefined : diagnostics.map(({ code, message }) => `note ${code}: ${message}`).join('\n'),
  ];
}

/** Figures of arms with different agents are not about the same: then it is said how many each is about. */
function nameColumns(result: RunResult): Column[] {
  return [left('strategy'), left('relationship'), ...(result.arms.every(isAboutEverybody) ? [] : [right('agents')])];
}

function nameCells(arm: ArmResult, result: RunResult): string[] {
  const agents = result.arms.every(isAboutEverybody) ? [] : [`${agentsOf(arm).length}/${arm.errorByAgent.length}`];
  return [strategyText(arm), arm.relationship === 'none' ? '-' : arm.relationship, ...agents];
}

function armName(arm: ArmResult): string {
  const { relationship } = arm;
  return relationship === 'none' || relationship === 'network' ? strategyText(arm) : `${strategyText(arm)} ${relationship}`;
}

function aloneOf(result: RunResult): ArmResult | undefined {
  return result.arms.find((arm) => arm.strategy === ALONE);
}

function isTable(result: RunResult): boolean {
  return result.problem?.kind === 'csv-table' || result.problem?.loss !== undefined;
}

function isLogistic(result: RunResult): boolean {
  return result.problem?.loss === 'logistic';
}

/** The problem is a module's of one's own, which says what its error measures. */
function isOwn(result: RunResult): boolean {
  return result.problem?.module !== undefined;
}

function errorWord(result: RunResult): string {
  if (!isTable(result)) return result.problem?.measure ?? 'error';
  return isOwn(result) ? (result.problem?.measure ?? 'loss') : 'RMSE';
}

/** What arms are compared by: logistic tables by 1 - auc, everything else by the error. */
function lossOf(arm: ArmResult, logistic: boolean): number {
  return logistic && arm.auc !== null ? 1 - arm.auc : arm.steadyError;
}

function agentLosses(arm: ArmResult, logistic: boolean): (number | null)[] {
  if (!logistic || arm.aucByAgent === null) return [...arm.errorByAgent];
  return arm.aucByAgent.map((auc) => (auc === null ? null : 1 - auc));
}

function gain(loss: number | null | undefined, before: number | null | undefined): number | null {
  if (loss === null || loss === undefined || before === null || before === undefined || !(before > 0)) return null;
  return 1 - loss / before;
}

/** A gap where other agents took part than in learning alone: their errors do not compare. */
function gainCell(arm: ArmResult, alone: ArmResult | undefined, logistic: boolean): string {
  if (arm === alone || alone === undefined || !isAboutSameAgents(arm, alone)) return formatGain(null);
  return formatGain(gain(lossOf(arm, logistic), lossOf(alone, logistic)));
}

/** `9/12, 1 harmed`: agents of which that is certain, on fresh batches against their shadows. */
function helpedCell({ gainByAgent, fellBack }: ArmResult): string {
  if (gainByAgent === undefined) return '-';
  if (fellBack) return 'fell back';
  const gains = gainByAgent.filter((gain) => gain !== null);
  const helped = gains.filter(({ low }) => low !== null && low > 0).length;
  const harmed = gains.filter(isHarm).length;
  return `${helped}/${gains.length}${harmed > 0 ? `, ${harmed} harmed` : ''}`;
}

/** `9/12`: agents whose own error is smaller than alone, of those that have one. */
function betterOff(arm: ArmResult, alone: ArmResult, logistic: boolean): string {
  const before = agentLosses(alone, logistic);
  const after = agentLosses(arm, logistic);
  const comparable = after.flatMap((loss, agent) => (loss === null || (before[agent] ?? null) === null ? [] : [before[agent]! - loss]));
  return `${comparable.filter((difference) => difference > GAIN_MIN).length}/${comparable.length}`;
}
