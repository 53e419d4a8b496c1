/**
 * Bugs of the kinds that protocols for replay and recovery really have, planted through the parts of a simulation: between
 * a driver and its machine, its learner, its disk, its network. The swarm must find every one of them.
 * Hardly any of them shows without faults.
 */
import { stepAgent } from '../../agent/agent-machine.ts';
import type { AgentEffect, AgentEvent, AgentState } from '../../agent/agent-machine.ts';
import type { AgentOptions } from '../../agent/agent.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../agent/checkpoint.ts';
import type { Checkpoint } from '../../agent/checkpoint.ts';
import type { CheckpointStore } from '../../agent/checkpoint-store.ts';
import type { Activity, Trainer, TrainerRequest } from '../../agent/trainer.ts';
import type { RunDriverOptions } from '../../coordinator/run-driver.ts';
import { stepRun } from '../../coordinator/run-machine.ts';
import type { RunEffect, RunEvent } from '../../coordinator/run-machine.ts';
import type { RunState } from '../../coordinator/run-state.ts';
import type { Link, Transport } from '../../net/link.ts';
import { CHECKSUM_BYTES, writeChecksum } from '../../proto/checksum.ts';
import type { CooperateWork, Work } from '../../proto/messages.ts';
import type { SimulationParts } from '../../sim/simulation.ts';

export interface PlantedBug {
  readonly name: string;
  /** Anew for every run. */
  readonly parts: () => SimulationParts;
}

type AgentStep = (state: AgentState, event: AgentEvent, inner: typeof stepAgent) => AgentEffect[];
type RunStep = (state: RunState, event: RunEvent, inner: typeof stepRun) => RunEffect[];

/** `make` is called once for every process. */
function inProtocol(name: string, make: () => AgentStep): PlantedBug {
  const plant = (options: AgentOptions): AgentOptions => {
    const step = make();
    const inner = options.step ?? stepAgent;
    return { ...options, step: (state, event) => step(state, event, inner) };
  };
  return { name, parts: () => ({ agent: plant }) };
}

function inCoordinator(name: string, step: RunStep): PlantedBug {
  const plant = (options: RunDriverOptions): RunDriverOptions => ({
    ...options,
    step: (state, event) => step(state, event, options.step ?? stepRun),
  });
  return { name, parts: () => ({ coordinator: plant }) };
}

/** What is written and what is read are not what they were. */
function onDisk(
  name: string,
  change: { readonly saved?: (checkpoint: Checkpoint) => Checkpoint; readonly loaded?: (checkpoint: Checkpoint) => Checkpoint },
): PlantedBug {
  const same = (checkpoint: Checkpoint): Checkpoint => checkpoint;
  const { saved = same, loaded = same } = change;
  const plant = (store: CheckpointStore): CheckpointStore => ({
    save: (bytes, done) => store.save(encodeCheckpoint(saved(decodeCheckpoint(bytes))), done),
    load: () => {
      const { checkpoint, notes } = store.load();
      return { checkpoint: checkpoint && loaded(checkpoint), notes };
    },
  });
  return { name, parts: () => ({ agent: (options) => ({ ...options, checkpoints: plant(options.checkpoints) }) }) };
}

function inLearner(name: string, change: (trainer: Trainer) => Partial<Trainer>): PlantedBug {
  const plant = (inner: Trainer): Trainer => ({
    vectorLengthMax: inner.vectorLengthMax,
    begin: (work) => inner.begin(work),
    snapshot: () => inner.snapshot(),
    restore: (snapshot) => inner.restore(snapshot),
    ...change(inner),
  });
  return { name, parts: () => ({ agent: (options) => ({ ...options, createTrainer: (...job) => plant(options.createTrainer(...job)) }) }) };
}

function inActivity(inner: Activity, change: Partial<Activity>): Activity {
  return {
    get iteration() {
      return inner.iteration;
    },
    advance: () => inner.advance(),
    deliver: (vectors) => inner.deliver(vectors),
    ...change,
  };
}

function without<Effect extends { readonly type: string }>(effects: readonly Effect[], type: Effect['type']): Effect[] {
  return effects.filter((effect) => effect.type !== type);
}

/** Both at once: one may hide the other. */
export function together(...bugs: readonly PlantedBug[]): PlantedBug {
  return {
    name: bugs.map(({ name }) => name).join(' + '),
    parts: () => {
      const all = bugs.map((bug) => bug.parts());
      return {
        agent: (options, agent) => all.reduce((planted, { agent: plant }) => plant?.(planted, agent) ?? planted, options),
        coordinator: (options) => all.reduce((planted, { coordinator: plant }) => plant?.(planted) ?? planted, options),
      };
    },
  };
}

/** Waits for the missing no longer than this. */
const PATIENCE_MS = 300;

/** Ends an exchange that lasts too long with what `standIn` has for the missing ones. */
function impatient(standIn: (state: AgentState, agent: number) => number): () => AgentStep {
  return () => {
    let step = 0;
    let since = 0;
    return (state, event, inner) => {
      const effects = inner(state, event);
      if (event.type !== 'tick' || state.phase !== 'exchanging') return effects;
      if (state.step !== step) [step, since] = [state.step, event.now];
      if (event.now < since + PATIENCE_MS) return effects;
      const steps = state.expected.map((agent) => (state.held.get(agent)?.steps.includes(state.step) ? state.step : standIn(state, agent)));
      state.phase = 'working';
      return [...effects, { type: 'deliver', from: state.expected, steps }];
    };
  };
}

const olderStep = (state: AgentState, agent: number): number => Math.max(0, ...(state.held.get(agent)?.steps ?? []).filter((step) => step < state.step));

const zeroForMissing = inLearner('missing vectors are zero', (inner) => ({
  begin: (work) => {
    const activity = inner.begin(work);
    return inActivity(activity, { deliver: (vectors) => activity.deliver(vectors.map((vector) => vector ?? new Float64Array(inner.vectorLengthMax))) });
  },
}));

/** A frame that was not asked for in this step is taken for the next one. */
const doubled: AgentStep = (state, event, inner) => {
  const effects = inner(state, event);
  const [first] = effects;
  if (event.type !== 'vector' || first?.type !== 'ignored' || first.reason !== 'duplicate') return effects;
  const next = event.header.step + 1;
  const held = state.held.get(event.agent)!;
  if (held.steps[next % 2] >= next) return effects;
  held.steps[next % 2] = next;
  return [{ type: 'keep-vector', agent: event.agent, step: next }];
};

/** Without a look at the step: what lies in a slot is the newest. */
const slotsMixed: AgentStep = (state, event, inner) =>
  inner(state, event).map((effect) => {
    if (effect.type !== 'deliver') return effect;
    return { ...effect, steps: effect.from.map((agent) => Math.max(...state.held.get(agent)!.steps)) };
  });

/** Neighbours in the order in which their links opened, as maps and sets keep them. */
function inOrderOfArrival(): SimulationParts {
  return {
    agent: (options) => {
      const opened: number[] = [];
      const rank = (agent: number): number => opened.indexOf(agent);
      const arranged = (work: Work): Work => (work.kind === 'cooperate' && work.view.kind === 'edges' ? { ...work, view: arrangedView(work.view) } : work);
      const arrangedView = (view: CooperateWork['view']): CooperateWork['view'] => {
        const order = view.neighbours.map((_, i) => i).sort((i, j) => rank(view.neighbours[i]) - rank(view.neighbours[j]));
        return { ...view, neighbours: order.map((i) => view.neighbours[i]), weights: order.map((i) => view.weights[i]) };
      };
      return {
        ...options,
        step: (state, event) => {
          if (event.type === 'link-open' && !opened.includes(event.agent)) opened.push(event.agent);
          return (options.step ?? stepAgent)(state, event);
        },
        createTrainer: (...job) => {
          const inner = options.createTrainer(...job);
          return {
            vectorLengthMax: inner.vectorLengthMax,
            begin: (work) => inner.begin(arranged(work)),
            snapshot: () => inner.snapshot(),
            restore: (snapshot) => inner.restore(snapshot),
          };
        },
      };
    },
  };
}

/** Says that it is durable as soon as it is written. */
function tooEarly(store: CheckpointStore): CheckpointStore {
  let saving = false;
  return {
    save(bytes, done) {
      if (saving) return done(undefined);
      saving = true;
      store.save(bytes, () => (saving = false));
      done(undefined);
    },
    load: () => store.load(),
  };
}

/** New parameters over the old rest, where a kill came between the two; by agent, since the disk outlives processes. */
function torn(): SimulationParts {
  const halves = new Map<number, Checkpoint | undefined>();
  return {
    agent: (options, agent) => {
      const { checkpoints: store } = options;
      const checkpoints: CheckpointStore = {
        save(bytes, done) {
          halves.set(agent, decodeCheckpoint(bytes));
          store.save(bytes, (error) => {
            halves.delete(agent);
            done(error);
          });
        },
        load() {
          const { checkpoint, notes } = store.load();
          const half = halves.get(agent);
          halves.delete(agent);
          return { checkpoint: checkpoint && half ? { ...checkpoint, vectors: half.vectors } : checkpoint, notes };
        },
      };
      return { ...options, checkpoints };
    },
  };
}

/** Noise from a stream with a state: a process that starts again draws other numbers. */
const statefulNoise = inLearner('noise is drawn without the key of its step', (inner) => {
  let drawn = 0;
  const perturbed = (request: TrainerRequest): TrainerRequest => {
    if (request.kind === 'exchange' && request.step.sendTo.length > 0) request.step.vector[0] += 1e-9 * Math.sin(++drawn);
    return request;
  };
  return {
    begin: (work) => {
      const activity = inner.begin(work);
      return inActivity(activity, { advance: () => perturbed(activity.advance()) });
    },
  };
});

/** What arrives is given a checksum that fits. */
const unchecked: PlantedBug = {
  name: 'damaged frames are accepted',
  parts: () => ({ agent: (options) => ({ ...options, transport: trusting(options.transport) }) }),
};

function trusting(inner: Transport): Transport {
  return {
    listen: (options, ready, failed) =>
      inner.listen({ ...options, frameBytesMax: Number.MAX_SAFE_INTEGER, onLink: (link) => options.onLink(trustingLink(link)) }, ready, failed),
    dial: (endpoint, options) => inner.dial(endpoint, { ...options, onOpen: (link) => options.onOpen(trustingLink(link)) }),
  };
}

function trustingLink(inner: Link): Link {
  return {
    get peer() {
      return inner.peer;
    },
    get bytesSent() {
      return inner.bytesSent;
    },
    get framesSent() {
      return inner.framesSent;
    },
    send: (frame) => inner.send(frame),
    close: (code, reason) => inner.close(code, reason),
    terminate: () => inner.terminate(),
    set onFrame(handler: (frame: Uint8Array) => void) {
      inner.onFrame = (frame) => {
        writeChecksum(frame, frame.length - CHECKSUM_BYTES);
        handler(frame);
      };
    },
    set onClose(handler: (code: number, reason: string) => void) {
      inner.onClose = handler;
    },
  };
}

const FLUSH_LATE_MS = 20;

export const PLANTED: readonly PlantedBug[] = [
  together(
    inProtocol(
      'an exchange goes on without the missing',
      impatient(() => 0),
    ),
    zeroForMissing,
  ),
  inProtocol('an exchange goes on with older vectors', impatient(olderStep)),
  inProtocol('a duplicate is taken for the next step', () => doubled),
  inProtocol('slots are mixed up', () => slotsMixed),
  inProtocol('a pull is ignored', () => (state, event, inner) => without(inner(state, event), 'resend')),
  inProtocol('a pull is not repeated', () => (state, event, inner) => (event.type === 'tick' ? without(inner(state, event), 'pull') : inner(state, event))),
  inProtocol('history is kept for two steps', () => (state, event, inner) => {
    const effects = inner(state, event);
    return effects.filter((effect) => effect.type !== 'resend' || effect.step >= state.step - 1);
  }),
  { name: 'a step is called durable too early', parts: () => ({ agent: (options) => ({ ...options, checkpoints: tooEarly(options.checkpoints) }) }) },
  onDisk('a checkpoint counts the exchange that is under way', { saved: (checkpoint) => ({ ...checkpoint, step: checkpoint.step + 1 }) }),
  onDisk('a checkpoint counts the stage that is under way', { saved: (checkpoint) => ({ ...checkpoint, stage: checkpoint.stage + 1 }) }),
  onDisk('a checkpoint leaves the history out', { saved: (checkpoint) => ({ ...checkpoint, history: [] }) }),
  onDisk('a restarted agent begins at exchange 0 with its old parameters', { loaded: (checkpoint) => ({ ...checkpoint, step: 0 }) }),
  onDisk('a checkpoint leaves the cooperating step out', { saved: (checkpoint) => ({ ...checkpoint, cooperatingStep: 0 }) }),
  { name: 'a torn checkpoint is loaded', parts: torn },
  inLearner('a snapshot leaves the state of the meter out', (inner) => ({
    snapshot: () => {
      const snapshot = inner.snapshot();
      const steady = snapshot?.get('arm:steady');
      return steady === undefined ? snapshot : snapshot?.set('arm:steady', new Float64Array(steady.length));
    },
  })),
  statefulNoise,
  inProtocol('a report is not repeated', () => (state, event, inner) => (event.type === 'tick' ? without(inner(state, event), 'report') : inner(state, event))),
  inProtocol('moved is ignored', () => (state, event, inner) => (event.type === 'moved' ? [] : inner(state, event))),
  { name: 'neighbours are summed in the order of their arrival', parts: inOrderOfArrival },
  unchecked,
  inCoordinator('a late report counts for the current stage', (state, event, inner) =>
    inner(state, event.type === 'report' && event.stage > 0 && event.stage < state.stage ? { ...event, stage: state.stage } : event),
  ),
  inCoordinator('an old report is not answered', (state, event, inner) =>
    event.type === 'report' ? without(inner(state, event), 'assign') : inner(state, event),
  ),
  inCoordinator('a report counts twice', (state, event, inner) => {
    if (event.type === 'report' && event.stage === state.stage && state.agents[event.agent].reported) state.agents[event.agent].reported = false;
    return inner(state, event);
  }),
  {
    name: 'a stage is assigned before the log is on the disk',
    parts: () => ({
      coordinator: (options) => {
        const { log, clock } = options;
        return {
          ...options,
          log: { append: (record) => log.append(record), flush: () => void clock.setTimer(FLUSH_LATE_MS, () => log.flush()), close: () => log.close() },
        };
      },
    }),
  },
  {
    name: 'the replay of the log skips a report',
    parts: () => ({
      coordinator: (options) => {
        const skipped = options.records.findLastIndex(({ type }) => type === 'report');
        return { ...options, records: options.records.filter((_, i) => i !== skipped) };
      },
    }),
  },
];

const named = (name: string): PlantedBug => PLANTED.find((bug) => bug.name === name)!;

/** Where one protection may stand in for the other. */
export const PAIRS: readonly (readonly PlantedBug[])[] = [
  [named('a pull is not repeated'), named('a report is not repeated')],
  [named('a checkpoint leaves the history out'), named('a step is called durable too early')],
  [named('damaged frames are accepted'), named('a duplicate is taken for the next step')],
  [named('a late report counts for the current stage'), named('a report is not repeated')],
  [named('a torn checkpoint is loaded'), named('a snapshot leaves the state of the meter out')],
];
