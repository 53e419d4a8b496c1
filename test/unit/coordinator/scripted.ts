/** A script with made-up reports: everybody answers every stage, unless a test says otherwise. */
import { loadGraph, loadTruth } from '../../../config/graph-file.ts';
import type { Experiment } from '../../../config/experiment.ts';
import { draw } from '../../../core/random.ts';
import { prefixed } from '../../../core/snapshot.ts';
import { startScript } from '../../../coordinator/start-script.ts';
import type { Returned, RunRecord, Script, Stage, Values } from '../../../coordinator/script.ts';
import type { CooperateWork, Work } from '../../../proto/messages.ts';

export class Scripted {
  readonly records: RunRecord[] = [];
  readonly stages: Stage[] = [];
  /** What an arm brings an agent, batch by batch. */
  gains: (agent: number) => Float64Array = () => Float64Array.of(1, 1.1, 1.2, 0.9);
  readonly #experiment: Experiment;
  readonly #script: Script;
  #participants: number[];
  #isOver = false;
  #returned: Returned = new Map();

  constructor(experiment: Experiment) {
    const { agents, seed, problem, network } = experiment;
    const noFile = (path: string): never => {
      throw new Error(`no file ${path}`);
    };
    this.#experiment = experiment;
    this.#participants = Array.from({ length: agents }, (_, k) => k);
    this.#script = startScript({
      experiment,
      truth: problem.kind === 'gmrf-regression' ? loadTruth(problem, agents, seed, noFile) : undefined,
      network: loadGraph(network.graph, agents, seed, noFile),
      neighbour: (from, to) => ({ agent: to, endpoint: '', ticket: '', dial: from < to, incarnation: 1 }),
      record: (entry) => void this.records.push(entry),
      participants: () => [...this.#participants],
      returned: () => this.#returned,
      readmit: (back) => (this.#participants = [...this.#participants, ...back].sort((a, b) => a - b)),
    });
    this.#take(this.#script.next(undefined as never));
  }

  /** The stage under way; the last one when the script is over. */
  get stage(): Stage {
    return this.stages.at(-1)!;
  }

  /** The works of the stage, where it is one of an arm. */
  get arm(): CooperateWork[] {
    return this.stage.works.flatMap((work) => (work.kind === 'cooperate' ? [work] : []));
  }

  lose(agent: number): this {
    this.#participants = this.#participants.filter((one) => one !== agent);
    return this;
  }

  /** From now on it could take part again: it has done every stage so far. */
  comeBack(agent: number): this {
    const told = this.stages.map((stage, i): [number, Values] => [i + 1, this.#report(stage.works[agent], agent)]);
    this.#returned = new Map([[agent, new Map(told)]]);
    return this;
  }

  /** Everybody reports. */
  end(): this {
    const values: Values[] = [];
    for (const agent of this.#participants) values[agent] = this.#report(this.stage.works[agent], agent);
    return this.#resume(values, false);
  }

  breakOff(): this {
    return this.#resume([], true);
  }

  /** Stage after stage, until one for which it holds. */
  until(holds: (stage: Stage) => boolean): this {
    while (!this.#isOver && !holds(this.stage)) this.end();
    return this;
  }

  untilArm(strategy: string): this {
    return this.until(({ works }) => works.some((work) => work.kind === 'cooperate' && work.strategy === strategy));
  }

  untilOver(): this {
    return this.until(() => false);
  }

  #resume(values: readonly Values[], brokenOff: boolean): this {
    const [participants, returned, stage] = [[...this.#participants], this.#returned, this.stages.length];
    const next = this.#script.next({ values, participants, brokenOff, returned, stage, elapsedMs: 1 });
    this.#returned = new Map();
    return this.#take(next);
  }

  #take(next: IteratorResult<Stage, void>): this {
    if (next.done) this.#isOver = true;
    else this.stages.push(next.value);
    return this;
  }

  /** Random estimates; everything else is plausible. */
  #report(work: Work, agent: number): Values {
    const { problem } = this.#experiment;
    const dimension = problem.kind === 'gmrf-regression' ? problem.dimension : 1;
    const vector = (step: number): Float64Array => {
      const random = draw(1, agent, 'truth', step);
      return Float64Array.from({ length: dimension }, () => random.gaussian());
    };
    switch (work.kind) {
      case 'explore':
        return new Map([['change', Float64Array.of(0)]]);
      case 'evidence':
        return new Map([
          ['iterate', vector(1)],
          ['average', vector(1)],
          ['noise', Float64Array.of(0.1)],
          ['noisePower', Float64Array.of(10)],
        ]);
      case 'autonomous':
        return new Map([
          ['learning:row', rowOf(this.#experiment.agents, work.neighbours)],
          ...work.arms.flatMap((arm, i) => prefixed(`${i}:`, new Map([...this.#report(arm.work, agent), ['tuning', Float64Array.of(0.1, 2)]]))),
        ]);
      case 'cooperate':
        return new Map([
          ['error', Float64Array.of(work.fallBack ? 0.5 : agent + 1)],
          ['gain', this.gains(agent)],
          ['curve', new Float64Array(work.lastIteration + 1)],
          ['parameters', vector(2)],
          ['traffic', Float64Array.of(100, 1)],
          ...(work.needs.length > 0
            ? ([
                ['average', vector(3 + work.untilIteration)],
                ['noise', Float64Array.of(0.1)],
              ] as const)
            : []),
        ]);
      default:
        return new Map();
    }
  }
}

/** Every neighbour alike. */
function rowOf(agents: number, neighbours: readonly number[]): Float64Array {
  return Float64Array.from({ length: agents }, (_, l) => (neighbours.includes(l) ? 1 : 0));
}
