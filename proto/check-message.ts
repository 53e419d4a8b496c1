/**
 * What a control message may hold, whichever end of the wire it is on: the codec checks after decoding, before anything
 * is used, and before encoding, so that a bug is found where it is made.
 *
 * Numbers are finite, indices and counts below their limit, strings and lists bounded, names printable without spaces.
 */
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import {
  ANY_AGENT,
  type ArmErrors,
  type Assign,
  type AutonomousWork,
  type ControlMessage,
  type CooperateWork,
  type Hello,
  type LinkHealth,
  type LocalBasis,
  type LocalPrior,
  type LocalView,
  type Neighbour,
  type Notice,
  type Progress,
  PROTOCOL_VERSION,
  type Report,
  type Welcome,
  type Work,
} from './messages.ts';
import { allFinite } from './vector-frame.ts';

const UINT32_MAX = 2 ** 32 - 1;
const NAME = /^[!-~]+$/;

/** Throws WIRE_GARBAGE, WIRE_VERSION (hello) or PARAMETERS_NOT_FINITE (report). */
export function checkMessage(message: ControlMessage): void {
  switch (message.type) {
    case 'hello':
      return checkHello(message);
    case 'welcome':
      return checkWelcome(message);
    case 'assign':
      return checkAssign(message);
    case 'report':
      return checkReport(message);
    case 'progress':
      return checkProgress(message);
    case 'heartbeat':
      whole('heartbeat.sent', message.sent ?? 0, Number.MAX_SAFE_INTEGER);
      return [message.ask, message.answer].forEach((number) => whole('heartbeat', number));
    case 'pause':
      return;
    case 'leave':
      text('leave.code', message.code, LIMITS.nameCharsMax);
      return text('leave.detail', message.detail, LIMITS.textCharsMax);
    case 'moved':
      return checkNeighbour(message.neighbour);
    case 'faults':
      return text('faults.plan', message.plan, LIMITS.faultPlanCharsMax);
    case 'notice':
      return checkNotice(message);
    case 'sync':
      return [message.step, message.durableStep, message.oldestStep].forEach((step) => whole('sync', step));
    case 'pull':
      return whole('pull.step', message.step);
  }
}

function checkHello(hello: Hello): void {
  if (hello.version !== PROTOCOL_VERSION)
    throw new KindredError('WIRE_VERSION', `the other end speaks version ${hello.version} of the protocol, this one ${PROTOCOL_VERSION}`);
  agentIndexOrAny('hello.agent', hello.agent);
  text('hello.session', hello.session, LIMITS.secretCharsMax);
  whole('hello.stage', hello.stage);
  text('hello.endpoint', hello.endpoint, LIMITS.endpointCharsMax);
}

function checkWelcome(welcome: Welcome): void {
  name('welcome.run', welcome.run);
  agentIndex('welcome.agent', welcome.agent);
  whole('welcome.agents', welcome.agents, LIMITS.agentsMax);
  if (!Number.isSafeInteger(welcome.seed)) throw garbage('welcome.seed', 'not an integer');
  whole('welcome.incarnation', welcome.incarnation);
  text('welcome.session', welcome.session, LIMITS.secretCharsMax);
  text('welcome.linkSecret', welcome.linkSecret, LIMITS.secretCharsMax);
  text('welcome.job', welcome.job, LIMITS.jobCharsMax);
  text('welcome.faults', welcome.faults, LIMITS.faultPlanCharsMax);
  atLeastZero('welcome.elapsedMs', welcome.elapsedMs);
  checkNeighbours('welcome.neighbours', welcome.neighbours);
}

function checkAssign(assign: Assign): void {
  whole('assign.stage', assign.stage);
  checkWork(assign.work);
}

function checkWork(work: Work): void {
  switch (work.kind) {
    case 'moments':
      return;
    case 'standardize':
      return [work.shift, work.scale, work.ridges].forEach((list) => numbers('standardize', list, LIMITS.dimensionMax));
    case 'explore':
      atLeastZero('explore.stepSize', work.stepSize);
      return [work.untilStep, work.windowSteps, work.tailFromStep].forEach((steps) => whole('explore', steps));
    case 'evidence':
      checkNeeds('evidence.needs', work.needs);
      return atLeastZero('evidence.ridge', work.ridge);
    case 'posterior':
      checkPrior(work.prior);
      atMost('posterior.tell', work.tell.length, LIMITS.needsMax);
      work.tell.forEach((one) => name('posterior.tell', one));
      return atLeastZero('posterior.ridge', work.ridge);
    case 'heads':
      atLeastZero('heads.aloneRidge', work.aloneRidge ?? 0);
      return checkBasis(work.basis);
    case 'connect':
      return checkNeighbours('connect.neighbours', work.neighbours);
    case 'cooperate':
      return checkCooperate(work);
    case 'autonomous':
      return checkAutonomous(work);
    case 'finish':
      name('finish.status', work.status);
      text('finish.code', work.code, LIMITS.nameCharsMax);
      return text('finish.detail', work.detail, LIMITS.textCharsMax);
  }
}

function checkProgress(progress: Progress): void {
  whole('progress.stage', progress.stage);
  whole('progress.iteration', progress.iteration);
  whole('progress.bytesSent', progress.bytesSent, Number.MAX_SAFE_INTEGER);
  text('progress.waitingFor', progress.waitingFor, LIMITS.textCharsMax);
  atMost('progress.errors', progress.errors.length, LIMITS.progressArmsMax);
  progress.errors.forEach(checkErrors);
  atMost('progress.links', progress.links.length, LIMITS.progressLinksMax);
  progress.links.forEach(checkLink);
}

function checkErrors({ arm, epoch, iterations, errors }: ArmErrors): void {
  whole('progress.errors.arm', arm);
  whole('progress.errors.epoch', epoch);
  if (iterations.length !== errors.length) throw garbage('progress.errors', 'not one error per iteration');
  atMost('progress.errors.iterations', iterations.length, LIMITS.liveCurvePointsMax);
  for (const iteration of iterations) whole('progress.errors.iterations', iteration);
  for (const error of errors) atLeastZero('progress.errors.errors', error);
}

function checkLink({ agent, roundTrip, lost, staleness, bytes }: LinkHealth): void {
  agentIndex('progress.links.agent', agent);
  for (const ms of [roundTrip?.p50 ?? 0, roundTrip?.p95 ?? 0, lost]) atLeastZero('progress.links', ms);
  whole('progress.links.staleness', staleness);
  whole('progress.links.bytes', bytes, Number.MAX_SAFE_INTEGER);
}

function checkNotice(notice: Notice): void {
  name('notice.kind', notice.kind);
  agentIndexOrAny('notice.agent', notice.agent);
  whole('notice.step', notice.step);
  text('notice.detail', notice.detail, LIMITS.textCharsMax);
}

/** Everybody but the agent itself, at most. */
function checkNeighbours(where: string, neighbours: readonly Neighbour[]): void {
  atMost(where, neighbours.length, LIMITS.agentsMax - 1);
  neighbours.forEach(checkNeighbour);
}

function checkNeighbour(neighbour: Neighbour): void {
  agentIndex('neighbour.agent', neighbour.agent);
  text('neighbour.endpoint', neighbour.endpoint, LIMITS.endpointCharsMax);
  text('neighbour.ticket', neighbour.ticket, LIMITS.secretCharsMax);
  whole('neighbour.incarnation', neighbour.incarnation);
}

function checkAutonomous(work: AutonomousWork): void {
  name('autonomous.estimator', work.estimator);
  text('autonomous.options', work.options, LIMITS.textCharsMax);
  for (const count of [work.epoch, work.firstStep, work.pairs, work.rounds]) whole('autonomous', count);
  atMost('autonomous.neighbours', work.neighbours.length, LIMITS.agentsMax);
  for (const neighbour of work.neighbours) agentIndex('autonomous.neighbours', neighbour);
  atMost('autonomous.arms', work.arms.length, LIMITS.autonomousArmsMax);
  for (const arm of work.arms) checkCooperate(arm.work);
}

function checkCooperate(work: CooperateWork): void {
  for (const count of [work.arm, work.epoch, work.firstStep, work.untilIteration, work.lastIteration, work.every, work.staleness]) whole('cooperate', count);
  for (const number of [work.stepSize, work.noise, work.spectrumMax, work.ridge]) atLeastZero('cooperate', number);
  name('cooperate.strategy', work.strategy);
  numbers('cooperate.etas', work.etas, LIMITS.etasMax);
  checkNeeds('cooperate.needs', work.needs);
  checkView(work.view);
  if (work.prior !== undefined) checkPrior(work.prior);
  if (work.basis !== undefined) checkBasis(work.basis);
  if (work.gradients !== undefined) numbers('cooperate.gradients', work.gradients, LIMITS.dimensionMax);
}

/** Its lengths must fit each other: a matrix is read out of them. */
function checkPrior({ mean, precision, noise, start, steps }: LocalPrior): void {
  numbers('prior.mean', mean, LIMITS.exactSolveDimensionMax);
  numbers('prior.precision', precision, (LIMITS.exactSolveDimensionMax * (LIMITS.exactSolveDimensionMax + 1)) / 2);
  numbers('prior.start', start, LIMITS.exactSolveDimensionMax);
  if (precision.length !== (mean.length * (mean.length + 1)) / 2) throw garbage('prior.precision', 'no triangle of its mean');
  if (start.length !== 0 && start.length !== mean.length) throw garbage('prior.start', 'not as long as its mean');
  atLeastZero('prior.noise', noise);
  whole('prior.steps', steps, LIMITS.newtonStepsMax);
}

/** A matrix is read out of it: no more columns than rows. */
function checkBasis({ values, rank, ridge }: LocalBasis): void {
  whole('basis.rank', rank, LIMITS.exactSolveDimensionMax);
  numbers('basis.values', values, rank * LIMITS.exactSolveDimensionMax);
  if (rank === 0 || values.length < rank * rank || values.length % rank !== 0) throw garbage('basis.values', 'no matrix of its rank');
  atLeastZero('basis.ridge', ridge);
}

function checkNeeds(where: string, needs: readonly string[]): void {
  atMost(where, needs.length, LIMITS.needsMax);
  needs.forEach((need) => name(where, need));
}

function checkView(view: LocalView): void {
  atMost('cooperate.view.neighbours', view.neighbours.length, LIMITS.agentsMax);
  for (const neighbour of view.neighbours) agentIndex('cooperate.view.neighbours', neighbour);
  numbers('cooperate.view.weights', view.weights, LIMITS.agentsMax);
  if (view.kind === 'edges' && view.weights.length !== view.neighbours.length) throw garbage('cooperate.view', 'not one weight per neighbour');
  finite('cooperate.view.strength', view.strength);
  agentIndex('cooperate.view.hub', view.hub);
}

function checkReport(report: Report): void {
  whole('report.stage', report.stage);
  atMost('report.values', report.values.size, LIMITS.reportVectorsMax);
  for (const [key, values] of report.values) {
    name('report.values', key);
    if (!allFinite(values)) throw new KindredError('PARAMETERS_NOT_FINITE', `the report of stage ${report.stage} holds a value of '${key}' that is not finite`);
  }
}

function whole(where: string, value: number, max = UINT32_MAX): void {
  if (!Number.isInteger(value) || value < 0 || value > max) throw garbage(where, `not a whole number up to ${max}`);
}

function agentIndex(where: string, value: number): void {
  whole(where, value, LIMITS.agentsMax - 1);
}

function agentIndexOrAny(where: string, value: number): void {
  if (value !== ANY_AGENT) agentIndex(where, value);
}

function finite(where: string, value: number): void {
  if (!Number.isFinite(value)) throw garbage(where, 'not a finite number');
}

function atLeastZero(where: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) throw garbage(where, 'not a finite number from 0 on');
}

function numbers(where: string, list: readonly number[], max: number): void {
  atMost(where, list.length, max);
  for (const value of list) finite(where, value);
}

function name(where: string, value: string): void {
  text(where, value, LIMITS.nameCharsMax);
  if (!NAME.test(value)) throw garbage(where, 'not a name');
}

function text(where: string, value: string, charsMax: number): void {
  if (value.length > charsMax) throw garbage(where, `longer than ${charsMax} characters`);
}

function atMost(where: string, count: number, max: number): void {
  if (count > max) throw garbage(where, `more than ${max} entries`);
}

const garbage = (where: string, reason: string): KindredError => new KindredError('WIRE_GARBAGE', `${where} is ${reason}`);
