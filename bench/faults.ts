/**
 * What every kind of fault does to one small run: six agents on a ring, 400 rounds of bsp, links of 0.2 ms one way.
 * It is simulated: virtual time is exact, so every machine prints the same lines. One JSON line per fault: the cooperating
 * phase in virtual milliseconds (the first line is without faults), whether the bits stayed, and what was counted in it.
 * `noticedMs` is the time from the fault to the first link that was found dead.
 *
 *   node dist/bench/faults.js
 */
import { readFileSync } from 'node:fs';
import type { AgentOptions } from '../agent/agent.ts';
import { stepAgent } from '../agent/agent-machine.ts';
import { loadExperiment } from '../config/load.ts';
import type { FaultKind } from '../core/fault/describe.ts';
import { Simulation } from '../sim/simulation.ts';

const SCENE = 'examples/faults/messages.yaml';
/** A plan of no faults, with the same delay of links as the others. */
const NOTHING = '{ at: 400, link: all, loss: 0 }';
/** Checkpoints are due once in a second: in a run that lasts. */
const SLOWLY = '{ link: all, delay: 10ms }';

const CASES: Readonly<Record<FaultKind, string>> = {
  loss: '{ at: 51, for: 100 rounds, link: all, loss: 5% }',
  duplicate: '{ at: 51, for: 100 rounds, link: all, duplicate: 20% }',
  reorder: '{ at: 51, for: 100 rounds, link: all, reorder: 20% }',
  corrupt: '{ at: 51, for: 100 rounds, link: all, corrupt: 5% }',
  delay: '{ at: 51, for: 100 rounds, link: all, delay: 5ms }',
  jitter: '{ at: 51, for: 100 rounds, link: all, jitter: 5ms }',
  bandwidth: '{ at: 51, for: 100 rounds, link: all, bandwidth: 16kB/s }',
  blackhole: '{ at: 51, for: 3s, link: "0<->1", blackhole: true }',
  reset: '{ at: 51, for: 1s, link: "0<->1", reset: true }',
  slice: '{ at: 51, for: 100 rounds, link: all, slice: 16 }',
  'limit-data': '{ at: 51, for: 100 rounds, link: "0<->1", limitData: 2kB }',
  'slow-close': '{ link: all, slowClose: 1s }, { at: 51, kill: 2, restartAfter: 500ms }',
  partition: '{ at: 51, for: 3s, partition: [["0-2"], ["3-5"]] }',
  'one-way-partition': '{ at: 51, for: 3s, partition: [["0-2"], ["3-5"]], direction: one-way }',
  isolate: '{ at: 51, for: 3s, isolate: 3 }',
  kill: '{ at: 51, kill: 2, restartAfter: 500ms }',
  restart: '{ at: 51, restart: 2 }',
  pause: '{ at: 51, for: 3s, pause: 2 }',
  'coordinator-kill': '{ at: 51, kill: coordinator, restartAfter: 500ms }',
  'coordinator-restart': '{ at: 51, restart: coordinator }',
  'coordinator-pause': '{ at: 51, for: 3s, pause: coordinator }',
  'slow-cpu': '{ at: 51, for: 100 rounds, slowCpu: 2, factor: 4 }',
  'disk-full': `${SLOWLY}, { at: 51, diskFull: 2 }`,
};

type Event = Readonly<Record<string, unknown>> & { readonly name: string; readonly ms: number };
type Tell = (name: string, fields?: Readonly<Record<string, unknown>>) => void;

const COUNTED = ['pull', 'duplicate', 'stale', 'suspect', 'link-lost', 'lost', 'resumed', 'rejoined', 'checkpoint-failed'];
const readFile = (path: string): string => readFileSync(path, 'utf8');

function simulated(faults: string): Record<string, unknown> & { readonly bits: string } {
  const experiment = loadExperiment(SCENE, { overrides: [`faults=[${faults}]`], environment: {}, readFile });
  const events: Event[] = [];
  let simulation: Simulation | undefined;
  const now = (): number => simulation?.clock.now() ?? 0;
  const tell: Tell = (name, fields = {}) => void events.push({ ...fields, name, ms: now() });
  simulation = new Simulation({
    experiment,
    runId: 'bench',
    store: { directory: '', event: tell, metrics() {}, relationship() {}, parameters() {}, result() {} },
    stopwatch: now,
    readFile,
    parts: { agent: (options) => telling(options, tell) },
  });
  const result = simulation.run();
  const bits = (result?.arms ?? []).map(({ parametersSha256 }) => parametersSha256).join(' ');
  return { bits, status: result?.status, ms: round(result?.timings.cooperateMs ?? 0), ...figures(events) };
}

/** What an agent's machine does about its neighbours' vectors. */
function telling(options: AgentOptions, tell: Tell): AgentOptions {
  return {
    ...options,
    step: (state, event) => {
      const effects = stepAgent(state, event);
      for (const effect of effects) if (effect.type === 'pull' || effect.type === 'ignored') tell(effect.type === 'pull' ? 'pull' : effect.reason);
      return effects;
    },
  };
}

/** Since the first fault of the cooperating phase. */
function figures(events: readonly Event[]): Record<string, number> {
  const cooperating = events.findIndex(({ name, phase }) => name === 'stage' && phase === 'cooperating');
  const those = events.slice(cooperating);
  const began = those.find(({ name }) => name === 'fault-began');
  const found = those.find(({ name }) => name === 'link-lost' || name === 'lost');
  const counts = COUNTED.map((name) => [name, those.filter((event) => event.name === name).length] as const);
  const noticed = began !== undefined && found !== undefined ? { noticedMs: round(found.ms - began.ms) } : {};
  return { ...noticed, ...Object.fromEntries(counts.filter(([, count]) => count > 0)) };
}

const round = (ms: number): number => Number(ms.toFixed(1));

const whole = simulated(NOTHING);
for (const [kind, faults] of [['none', NOTHING], ...Object.entries(CASES)]) {
  const { bits, ...rest } = simulated(faults);
  console.log(JSON.stringify({ kind, faults, sameBits: bits === whole.bits, ...rest }));
}
