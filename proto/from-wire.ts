/**
 * What protobuf's generated code decoded as control messages: the way in. Only the form is looked at here - a body, a
 * work, a known kind - while ranges and lengths are check-message.ts's. Nothing returned shares memory with the frame.
 */
import { KindredError } from '../core/errors.ts';
import type { kindred } from './generated/wire.js';
import type {
  ArmErrors,
  ControlMessage,
  CooperateWork,
  Heartbeat,
  Hello,
  LinkHealth,
  LocalBasis,
  LocalPrior,
  LocalView,
  Neighbour,
  Report,
  Welcome,
  Work,
} from './messages.ts';
import { ROUNDS_KINDS, VIEW_KINDS } from './wire-kinds.ts';

/** Throws WIRE_GARBAGE where there is no body, no work, or a kind that this version does not know. */
export function messageOf(frame: kindred.wire.Frame.$Properties): ControlMessage {
  const { hello, welcome, assign, report, leave, moved, faults, sync, pull } = frame;
  if (hello) return helloOf(hello);
  if (welcome) return welcomeOf(welcome);
  if (assign) return { type: 'assign', stage: assign.stage ?? 0, abandon: assign.abandon ?? false, work: workOf(assign) };
  if (report) return { type: 'report', stage: report.stage ?? 0, values: vectorsOf(report) };
  if (frame.progress) return progressOf(frame.progress);
  if (frame.heartbeat) return heartbeatOf(frame.heartbeat);
  if (leave) return { type: 'leave', code: leave.code ?? '', detail: leave.detail ?? '' };
  if (moved?.neighbour) return { type: 'moved', neighbour: neighbourOf(moved.neighbour) };
  if (faults) return { type: 'faults', plan: faults.plan ?? '' };
  if (frame.pause) return { type: 'pause', paused: frame.pause.paused ?? false };
  if (frame.notice) return noticeOf(frame.notice);
  if (sync) return { type: 'sync', step: sync.step ?? 0, durableStep: sync.durableStep ?? 0, oldestStep: sync.oldestStep ?? 0 };
  if (pull) return { type: 'pull', step: pull.step ?? 0 };
  throw garbage('it has no body, or moves nobody');
}

function heartbeatOf({ ask, answer, sent }: kindred.wire.Heartbeat.$Properties): Heartbeat {
  return { type: 'heartbeat', ask: ask ?? 0, answer: answer ?? 0, ...(typeof sent === 'number' ? { sent } : {}) };
}

function helloOf(hello: kindred.wire.Hello.$Properties): Hello {
  return {
    type: 'hello',
    version: hello.version ?? 0,
    agent: hello.agent ?? 0,
    session: hello.session ?? '',
    boot: hello.boot ?? false,
    stage: hello.stage ?? 0,
    endpoint: hello.endpoint ?? '',
  };
}

function welcomeOf(welcome: kindred.wire.Welcome.$Properties): Welcome {
  return {
    type: 'welcome',
    run: welcome.run ?? '',
    agent: welcome.agent ?? 0,
    agents: welcome.agents ?? 0,
    seed: welcome.seed ?? 0,
    incarnation: welcome.incarnation ?? 0,
    session: welcome.session ?? '',
    linkSecret: welcome.linkSecret ?? '',
    job: welcome.job ?? '',
    faults: welcome.faults ?? '',
    elapsedMs: welcome.elapsedMs ?? 0,
    neighbours: (welcome.neighbours ?? []).map(neighbourOf),
    paused: welcome.paused ?? false,
  };
}

function neighbourOf(neighbour: kindred.wire.Neighbour.$Properties): Neighbour {
  return {
    agent: neighbour.agent ?? 0,
    endpoint: neighbour.endpoint ?? '',
    ticket: neighbour.ticket ?? '',
    dial: neighbour.dial ?? false,
    incarnation: neighbour.incarnation ?? 0,
  };
}

function progressOf(progress: kindred.wire.Progress.$Properties): ControlMessage {
  return {
    type: 'progress',
    stage: progress.stage ?? 0,
    iteration: progress.iteration ?? 0,
    bytesSent: progress.bytesSent ?? 0,
    waitingFor: progress.waitingFor ?? '',
    paused: progress.paused ?? false,
    errors: (progress.errors ?? []).map(errorsOf),
    links: (progress.links ?? []).map(linkOf),
  };
}

function errorsOf({ arm, epoch, iterations, errors }: kindred.wire.ArmErrors.$Properties): ArmErrors {
  return { arm: arm ?? 0, epoch: epoch ?? 0, iterations: iterations ?? [], errors: errors ?? [] };
}

function linkOf({ agent, open, roundTrip, lost, staleness, bytes }: kindred.wire.LinkHealth.$Properties): LinkHealth {
  const measured = roundTrip ? { roundTrip: { p50: roundTrip.p50 ?? 0, p95: roundTrip.p95 ?? 0 } } : {};
  return { agent: agent ?? 0, open: open ?? false, ...measured, lost: lost ?? 0, staleness: staleness ?? 0, bytes: bytes ?? 0 };
}

function noticeOf(notice: kindred.wire.Notice.$Properties): ControlMessage {
  return { type: 'notice', kind: notice.kind ?? '', agent: notice.agent ?? 0, step: notice.step ?? 0, detail: notice.detail ?? '' };
}

function workOf(assign: kindred.wire.Assign.$Properties): Work {
  const { standardize, evidence, posterior, connect, finish } = assign;
  if (assign.moments) return { kind: 'moments' };
  if (standardize) return { kind: 'standardize', shift: standardize.shift ?? [], scale: standardize.scale ?? [], ridges: standardize.ridges ?? [] };
  if (assign.explore) return exploreOf(assign.explore);
  if (evidence) return { kind: 'evidence', needs: evidence.needs ?? [], ridge: evidence.ridge ?? 0 };
  if (posterior) return posteriorOf(posterior);
  if (assign.heads) return headsOf(assign.heads);
  if (connect) return { kind: 'connect', neighbours: (connect.neighbours ?? []).map(neighbourOf) };
  if (assign.cooperate) return cooperateOf(assign.cooperate);
  if (assign.autonomous) return autonomousOf(assign.autonomous);
  if (finish) return { kind: 'finish', status: finish.status ?? '', code: finish.code ?? '', detail: finish.detail ?? '' };
  throw garbage('it assigns no work');
}

function exploreOf(work: kindred.wire.Explore.$Properties): Work {
  const { stepSize, untilStep, windowSteps, tailFromStep } = work;
  return { kind: 'explore', stepSize: stepSize ?? 0, untilStep: untilStep ?? 0, windowSteps: windowSteps ?? 0, tailFromStep: tailFromStep ?? 0 };
}

function posteriorOf({ prior, heldOut, ridge, tell }: kindred.wire.Posterior.$Properties): Work {
  if (!prior) throw garbage('it asks about no prior');
  return { kind: 'posterior', prior: priorOf(prior), heldOut: heldOut ?? false, ridge: ridge ?? 0, tell: tell ?? [] };
}

function priorOf({ mean, precision, noise, start, steps }: kindred.wire.Prior.$Properties): LocalPrior {
  return { mean: mean ?? [], precision: precision ?? [], noise: noise ?? 0, start: start ?? [], steps: steps ?? 0 };
}

function headsOf({ basis, aloneRidge }: kindred.wire.Heads.$Properties): Work {
  if (!basis) throw garbage('it asks for a head in no basis');
  return { kind: 'heads', basis: basisOf(basis), ...(typeof aloneRidge === 'number' ? { aloneRidge } : {}) };
}

function basisOf({ values, rank, ridge }: kindred.wire.Basis.$Properties): LocalBasis {
  return { values: values ?? [], rank: rank ?? 0, ridge: ridge ?? 0 };
}

function autonomousOf(work: kindred.wire.Autonomous.$Properties): Work {
  return {
    kind: 'autonomous',
    estimator: work.estimator ?? '',
    options: work.options ?? '',
    epoch: work.epoch ?? 0,
    firstStep: work.firstStep ?? 0,
    neighbours: work.neighbours ?? [],
    pairs: work.pairs ?? 0,
    rounds: work.rounds ?? 0,
    arms: (work.arms ?? []).map((arm) => ({ learned: arm.learned ?? false, work: cooperateOf(arm.work ?? {}) })),
  };
}

function cooperateOf(work: kindred.wire.Cooperate.$Properties): CooperateWork {
  const rounds = ROUNDS_KINDS[work.rounds ?? 0];
  if (rounds === undefined) throw garbage('it asks for rounds of an unknown kind');
  return {
    kind: 'cooperate',
    arm: work.arm ?? 0,
    epoch: work.epoch ?? 0,
    firstStep: work.firstStep ?? 0,
    strategy: work.strategy ?? '',
    view: viewOf(work.view),
    stepSize: work.stepSize ?? 0,
    etas: work.etas ?? [],
    noise: work.noise ?? 0,
    spectrumMax: work.spectrumMax ?? 0,
    ridge: work.ridge ?? 0,
    rounds,
    staleness: work.staleness ?? 0,
    heldOut: work.heldOut ?? false,
    fallBack: work.fallBack ?? false,
    untilIteration: work.untilIteration ?? 0,
    lastIteration: work.lastIteration ?? 0,
    every: work.every ?? 0,
    ...(work.prior ? { prior: priorOf(work.prior) } : {}),
    ...(work.basis ? { basis: basisOf(work.basis) } : {}),
    needs: work.needs ?? [],
    ...(work.gradients?.length ? { gradients: work.gradients } : {}),
  };
}

function viewOf(view: kindred.wire.View.$Properties | null | undefined): LocalView {
  const kind = VIEW_KINDS[view?.kind ?? 0];
  if (!view || kind === undefined) throw garbage('it has no view of the relationship');
  return { kind, neighbours: view.neighbours ?? [], weights: view.weights ?? [], strength: view.strength ?? 0, hub: view.hub ?? 0 };
}

function vectorsOf(report: kindred.wire.Report.$Properties): Report['values'] {
  const values = new Map<string, Float64Array>();
  for (const { name, values: bytes } of report.values ?? []) {
    if (values.has(name ?? '')) throw garbage(`it names '${name}' twice`);
    values.set(name ?? '', vectorOf(bytes ?? new Uint8Array(0)));
  }
  return values;
}

/** A copy, because bytes of a frame are neither aligned nor ours. */
function vectorOf(bytes: Uint8Array): Float64Array {
  if (bytes.length % 8 !== 0) throw garbage('a vector is not a multiple of 8 bytes');
  const vector = new Float64Array(bytes.length / 8);
  new Uint8Array(vector.buffer).set(bytes);
  return vector;
}

const garbage = (reason: string): KindredError => new KindredError('WIRE_GARBAGE', `a frame was refused: ${reason}`);
