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
  type Assign,
  type ControlMessage,
  type CooperateWork,
  type Hello,
  type LocalView,
  type Neighbour,
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
      whole('progress.stage', message.stage);
      whole('progress.iteration', message.iteration);
      whole('progress.bytesSent', message.bytesSent, Number.MAX_SAFE_INTEGER);
      return text('progress.waitingFor', message.waitingFor, LIMITS.textCharsMax);
    case 'heartbeat':
      return;
    case 'leave':
      text('leave.code', message.code, LIMITS.nameCharsMax);
      return text('leave.detail', message.detail, LIMITS.textCharsMax);
  }
}

function checkHello(hello: Hello): void {
  if (hello.version !== PROTOCOL_VERSION)
    throw new KindredError('WIRE_VERSION', `the other end speaks version ${hello.version} of the protocol, this one ${PROTOCOL_VERSION}`);
  if (hello.agent !== ANY_AGENT) agentIndex('hello.agent', hello.agent);
  whole('hello.incarnation', hello.incarnation);
  text('hello.endpoint', hello.endpoint, LIMITS.endpointCharsMax);
}

function checkWelcome(welcome: Welcome): void {
  name('welcome.run', welcome.run);
  agentIndex('welcome.agent', welcome.agent);
  whole('welcome.agents', welcome.agents, LIMITS.agentsMax);
  text('welcome.linkSecret', welcome.linkSecret, LIMITS.secretCharsMax);
  if (!Number.isSafeInteger(welcome.seed)) throw garbage('welcome.seed', 'not an integer');
  text('welcome.job', welcome.job, LIMITS.jobCharsMax);
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
      atMost('evidence.needs', work.needs.length, LIMITS.needsMax);
      work.needs.forEach((need) => name('evidence.needs', need));
      return atLeastZero('evidence.ridge', work.ridge);
    case 'connect':
      atMost('connect.neighbours', work.neighbours.length, LIMITS.agentsMax);
      return work.neighbours.forEach(checkNeighbour);
    case 'cooperate':
      return checkCooperate(work);
    case 'finish':
      name('finish.status', work.status);
      text('finish.code', work.code, LIMITS.nameCharsMax);
      return text('finish.detail', work.detail, LIMITS.textCharsMax);
  }
}

function checkNeighbour(neighbour: Neighbour): void {
  agentIndex('connect.neighbours.agent', neighbour.agent);
  text('connect.neighbours.endpoint', neighbour.endpoint, LIMITS.endpointCharsMax);
  text('connect.neighbours.ticket', neighbour.ticket, LIMITS.secretCharsMax);
}

function checkCooperate(work: CooperateWork): void {
  for (const count of [work.arm, work.epoch, work.untilIteration, work.lastIteration, work.every]) whole('cooperate', count);
  for (const number of [work.stepSize, work.noise, work.spectrumMax, work.ridge]) atLeastZero('cooperate', number);
  name('cooperate.strategy', work.strategy);
  numbers('cooperate.etas', work.etas, LIMITS.etasMax);
  checkView(work.view);
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
