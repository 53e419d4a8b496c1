/** Control messages as protobuf's generated code wants them: the way out. It asks for mutable lists, hence the copies. */
import type { kindred } from './generated/wire.js';
import type { Assign, AutonomousWork, ControlMessage, CooperateWork, LocalBasis, LocalPrior, LocalView, Progress, Report } from './messages.ts';
import { ROUNDS_KINDS, VIEW_KINDS } from './wire-kinds.ts';

type WireAssign = kindred.wire.Assign.$Properties;

export function frameOf(message: ControlMessage): kindred.wire.Frame.$Properties {
  switch (message.type) {
    case 'hello':
      return { hello: message };
    case 'welcome':
      return { welcome: { ...message, neighbours: [...message.neighbours] } };
    case 'assign':
      return { assign: wireAssign(message) };
    case 'report':
      return { report: wireReport(message) };
    case 'progress':
      return { progress: wireProgress(message) };
    case 'heartbeat':
      return { heartbeat: message };
    case 'leave':
      return { leave: message };
    case 'moved':
      return { moved: message };
    case 'faults':
      return { faults: message };
    case 'pause':
      return { pause: message };
    case 'notice':
      return { notice: message };
    case 'sync':
      return { sync: message };
    case 'pull':
      return { pull: message };
  }
}

function wireAssign({ stage, abandon, work }: Assign): WireAssign {
  const head = { stage, abandon };
  switch (work.kind) {
    case 'moments':
      return { ...head, moments: {} };
    case 'standardize':
      return { ...head, standardize: { shift: [...work.shift], scale: [...work.scale], ridges: [...work.ridges] } };
    case 'explore':
      return { ...head, explore: work };
    case 'evidence':
      return { ...head, evidence: { ...work, needs: [...work.needs] } };
    case 'posterior':
      return { ...head, posterior: { ...work, prior: wirePrior(work.prior), tell: [...work.tell] } };
    case 'heads':
      return { ...head, heads: { ...work, basis: wireBasis(work.basis) } };
    case 'connect':
      return { ...head, connect: { neighbours: [...work.neighbours] } };
    case 'cooperate':
      return { ...head, cooperate: wireCooperate(work) };
    case 'autonomous':
      return { ...head, autonomous: wireAutonomous(work) };
    case 'finish':
      return { ...head, finish: work };
  }
}

function wireAutonomous(work: AutonomousWork): kindred.wire.Autonomous.$Properties {
  const arms = work.arms.map((arm) => ({ learned: arm.learned, work: wireCooperate(arm.work) }));
  return { ...work, neighbours: [...work.neighbours], arms };
}

function wireCooperate(work: CooperateWork): kindred.wire.Cooperate.$Properties {
  const { prior, basis, gradients, ...rest } = work;
  const wire = { ...rest, etas: [...work.etas], needs: [...work.needs], view: wireView(work.view), rounds: ROUNDS_KINDS.indexOf(work.rounds) };
  return { ...wire, ...(prior && { prior: wirePrior(prior) }), ...(basis && { basis: wireBasis(basis) }), ...(gradients && { gradients: [...gradients] }) };
}

function wireBasis(basis: LocalBasis): kindred.wire.Basis.$Properties {
  return { ...basis, values: [...basis.values] };
}

function wirePrior(prior: LocalPrior): kindred.wire.Prior.$Properties {
  return { ...prior, mean: [...prior.mean], precision: [...prior.precision], start: [...prior.start] };
}

function wireView(view: LocalView): kindred.wire.View.$Properties {
  return { kind: VIEW_KINDS.indexOf(view.kind), neighbours: [...view.neighbours], weights: [...view.weights], strength: view.strength, hub: view.hub };
}

function wireProgress(progress: Progress): kindred.wire.Progress.$Properties {
  const errors = progress.errors.map((one) => ({ ...one, iterations: [...one.iterations], errors: [...one.errors] }));
  return { ...progress, errors, links: [...progress.links] };
}

function wireReport(report: Report): kindred.wire.Report.$Properties {
  const values = Array.from(report.values, ([name, v]) => ({ name, values: new Uint8Array(v.buffer, v.byteOffset, v.byteLength) }));
  return { stage: report.stage, values };
}
