/**
 * Several learners in lock step in memory, and one of them again from any point where it could have been stopped: what the
 * neighbours sent is on record, so a learner can be killed, restored in a new trainer and continued all by itself.
 */
import assert from 'node:assert/strict';
import type { Activity, Snapshot, Trainer, TrainerRequest } from '../../../agent/trainer.ts';
import type { Vectors } from '../../../agent/exchange.ts';
import type { Work } from '../../../proto/messages.ts';

/** What one agent is given in the stages of a run. */
export type Stages = readonly ((agent: number) => Work)[];

/** A place where the learner may be stopped. */
export interface Stop {
  readonly stage: number;
  /** Exchanges completed. */
  readonly deliveries: number;
  readonly kind: TrainerRequest['kind'];
  readonly snapshot: Snapshot;
}

export interface Recording {
  readonly reports: Snapshot[];
  readonly deliveries: Vectors[];
  readonly stops: Stop[];
}

type Exchange = Extract<TrainerRequest, { kind: 'exchange' }>;

/** Runs all agents through all stages; `arrives` says whether what `from` sends in an exchange reaches `to`. */
export function record(
  trainers: readonly Trainer[],
  stages: Stages,
  arrives: (exchange: number, from: number, to: number) => boolean = () => true,
): Recording[] {
  const recordings = trainers.map((): Recording => ({ reports: [], deliveries: [], stops: [] }));
  stages.forEach((work, stage) => {
    const activities = trainers.map((trainer, k) => trainer.begin(work(k)));
    const next = (k: number): TrainerRequest => advance(trainers[k], activities[k], stage, recordings[k]);
    let requests = trainers.map((_, k) => next(k));
    while (requests[0].kind === 'exchange') {
      swap(requests as Exchange[], activities, recordings, arrives);
      requests = trainers.map((_, k) => next(k));
    }
    requests.forEach((request, k) => recordings[k].reports.push(request.kind === 'report' ? request.values : assert.fail('out of step')));
  });
  return recordings;
}

/** To the next exchange or report; every stop on the way is kept. */
function advance(trainer: Trainer, activity: Activity, stage: number, { deliveries, stops }: Recording): TrainerRequest {
  for (;;) {
    const request = activity.advance();
    const snapshot = trainer.snapshot();
    assert.equal(snapshot === undefined, request.kind === 'exchange', 'inside an iteration, and only there, nothing can be resumed');
    if (snapshot !== undefined) stops.push({ stage, deliveries: deliveries.length, kind: request.kind, snapshot });
    if (request.kind === 'exchange' || request.kind === 'report') return request;
  }
}

function swap(
  requests: readonly Exchange[],
  activities: readonly Activity[],
  recordings: readonly Recording[],
  arrives: (...of: [number, number, number]) => boolean,
): void {
  const sent = requests.map(({ step }) => step.vector.slice());
  requests.forEach(({ step }, k) => {
    for (const from of step.receiveFrom) assert.ok(requests[from].step.sendTo.includes(k), `nobody sends to ${k}`);
    const exchange = recordings[k].deliveries.length;
    recordings[k].deliveries.push(step.receiveFrom.map((from) => (arrives(exchange, from, k) ? sent[from] : undefined)));
  });
  activities.forEach((activity, k) => activity.deliver(recordings[k].deliveries.at(-1)!));
}

/** A new trainer continues from the stop and must tell what the uninterrupted one told, from there to the end. */
export function continueFrom(stop: Stop, fresh: Trainer, works: readonly Work[], { reports, deliveries, stops }: Recording): void {
  fresh.restore(structuredClone(stop.snapshot));
  let next = stop.deliveries;
  for (let stage = stop.stage; stage < works.length; stage++) {
    const activity = fresh.begin(works[stage]);
    let request = activity.advance();
    for (; request.kind !== 'report'; request = activity.advance()) {
      if (request.kind === 'exchange') activity.deliver(deliveries[next++].map((vector) => vector?.slice()));
    }
    assert.deepEqual(request.values, reports[stage], `stage ${stage} differs after a stop in stage ${stop.stage} at exchange ${stop.deliveries}`);
  }
  assert.deepEqual(fresh.snapshot(), stops.at(-1)!.snapshot);
}
