/** `watch`: the screen and the line of a run, redrawing in place, and ending with the run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaleOf, sparkline } from '../../../cli/sparkline.ts';
import type { Terminal } from '../../../cli/terminal.ts';
import { watch } from '../../../cli/watch.ts';
import type { WatchOptions } from '../../../cli/watch.ts';
import { lineOf, screenOf } from '../../../cli/watch-text.ts';
import type { Watched } from '../../../cli/watch-text.ts';
import type { AgentView, LinkView } from '../../../core/run-view.ts';

const PLAIN: Terminal = { interactive: false, colour: false, quiet: false, columns: 200 };

function agent(index: number, errors: AgentView['errors'], gains: AgentView['gains'], more: Partial<AgentView> = {}): AgentView {
  return { agent: index, name: `agent-${index}`, state: 'up', incarnation: 1, iteration: 120, bytesSent: 2_000_000, errors, gains, ...more };
}

function link(from: number, to: number, p95: number, more: Partial<LinkView> = {}): LinkView {
  return { from, to, open: true, roundTripMs: { p50: 1.5, p95 }, lost: 0, staleness: 0, bytes: 1, ...more };
}

const CURVE = { relationship: 'learned', iteration: [0, 10, 20], predicted: null, predictedError: 0.19 };

const VIEW: Watched = {
  runId: 'paper-7',
  status: 'cooperating',
  live: true,
  experiment: 'paper',
  seed: 7,
  mode: 'processes',
  agents: 3,
  arms: ['non-cooperative', 'multitask'],
  date: '2026-01-01T00:00:00.000Z',
  paused: false,
  elapsedMs: 42_000,
  waitingFor: 'agent-1 to come back',
  errorName: 'mean squared deviation per coordinate',
  peers: [
    agent(0, [0.25, 0.2], [0, 0.2]),
    agent(1, [0.25, null], [0, null], { state: 'away', incarnation: 2 }),
    agent(2, [0.25, 0.3], [0, -0.2], { name: 'evil\u001b[2Jname' }),
  ],
  phases: [
    { phase: 'exploring', fromMs: 1_000, untilMs: 11_000 },
    { phase: 'cooperating', fromMs: 11_000, untilMs: null },
  ],
  faults: [
    { what: 'link 0<->1: loss 20 %', kind: 'loss', agents: [0, 1], fromMs: 40_000, untilMs: null },
    { what: 'pause agent 2', kind: 'pause', agents: [2], fromMs: 1, untilMs: 2 },
  ],
  relationships: [],
  truth: null,
  curves: [
    { ...CURVE, arm: 0, label: 'non-cooperative', strategy: 'non-cooperative', error: [1, 0.5, 0.25], steadyError: 0.25, predictedError: 0.2567 },
    { ...CURVE, arm: 1, label: 'multitask', strategy: 'multitask', error: [1, 0.4, 0.22], steadyError: null },
    { ...CURVE, arm: 2, label: 'filter', strategy: 'filter', iteration: [], error: [], steadyError: null },
  ],
  links: [link(0, 1, 3, { lost: 0.1 }), link(1, 0, 12, { staleness: 2 }), link(0, 2, 4, { open: false })],
  events: [{ ms: 40_000, type: 'fault', text: 'link 0<->1: loss 20 %' }],
  diagnostics: [],
  failure: null,
  command: 'kindred run paper.yaml',
};

test('sparklines share one logarithmic scale, and end with the newest point', () => {
  const curves = [
    [8, 4, 2, 1],
    [4, 4],
  ];
  const scale = scaleOf(curves);
  assert.deepEqual(scale, { low: 1, high: 8 });
  assert.equal(sparkline(curves[0], scale, 10), '█▆▃▁');
  assert.equal(sparkline(curves[1], scale, 10), '▆▆');
  assert.equal(sparkline([8, 8, 8, 8, 8, 1], scale, 3), '██▁');
  assert.equal(sparkline([0, Number.NaN, 1], scale, 3), '  ▁');
  assert.equal(sparkline([2, 2], scaleOf([[2, 2]]), 3), '▁▁');
  assert.equal(sparkline([], scaleOf([]), 3), '');
});

test('the screen: phase, whom it waits for, curves, who needs a look, links, faults, events', () => {
  assert.deepEqual(screenOf(VIEW, PLAIN), [
    'paper · paper-7 · seed 7 · processes',
    'cooperating 42s   exploring 10s > cooperating 31s',
    'waiting for agent-1 to come back',
    '',
    'mean squared deviation per coordinate, on a logarithmic scale',
    'non-cooperative  █▅▁                               0.2500  steady  theory 0.2567',
    'multitask        █▄▁                               0.2200  at 20   theory 0.1900',
    '',
    'agents: 2 up, 1 away',
    'agent         state  restarts  iteration   error     gain     sent',
    'agent-1       away          1        120       -        -  2.00 MB',
    'evil?[2Jname  up            0        120  0.3000  -20.0 %  2.00 MB',
    'agent-0       up            0        120  0.2000  +20.0 %  2.00 MB',
    '',
    'links 2/3, round trip p50 1.5 ms p95 12 ms, 5.0 % lost, up to 2 exchanges old; slowest agent-1->agent-0 p95 12 ms',
    '',
    'fault for 2s: link 0<->1: loss 20 %',
    '',
    '   40s  link 0<->1: loss 20 %',
  ]);
});

test('no line is wider than the terminal, painted or not', () => {
  for (const colour of [false, true]) {
    // oxlint-disable-next-line no-control-regex
    const widths = screenOf(VIEW, { ...PLAIN, colour, columns: 40 }).map((line) => line.replaceAll(/\u001b\[\d+m/g, '').length);
    assert.ok(Math.max(...widths) <= 40, String(widths));
  }
  assert.ok(screenOf(VIEW, { ...PLAIN, colour: true }).some((line) => line.includes('\u001b[31m')));
});

test('a line where nothing can be redrawn; a run that has only begun has less to say', () => {
  assert.equal(
    lineOf(VIEW),
    'cooperating 42s: agents 2/3, multitask 0.2200 at 20, links 2/3, round trip p50 1.5 ms p95 12 ms, 5.0 % lost, up to 2 exchanges old, 1 fault, waiting for agent-1 to come back',
  );
  const begun = { ...VIEW, status: 'assembling', peers: [], curves: [], links: [], faults: [], waitingFor: '', events: [], phases: [], paused: true };
  assert.equal(lineOf(begun), 'assembling (paused) 42s: agents 0/0');
  assert.deepEqual(screenOf(begun, PLAIN), ['paper · paper-7 · seed 7 · processes', 'assembling (paused) 42s']);
});

/** What was written while the looks lasted, and how it ended. */
async function watched(
  views: readonly (Watched | undefined)[],
  options: Partial<WatchOptions> = {},
): Promise<{ written: string; status: string; waits: number[] }> {
  let written = '';
  const waits: number[] = [];
  const left = [...views];
  const look = (): Promise<Watched | undefined> => Promise.resolve(left.shift());
  const wait = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
  const stream = { write: (text: string) => (written += text), rows: 100 };
  const status = await watch({ look, wait, stream, terminal: PLAIN, json: false, ...options });
  return { written, status, waits };
}

const OVER: Watched = { ...VIEW, live: false, status: 'completed', waitingFor: '' };

test('elsewhere than on a terminal: a line each 5 s until the run is over; a coordinator that is away is waited for', async () => {
  const { written, status, waits } = await watched([VIEW, undefined, OVER]);
  const lines = written.trimEnd().split('\n');
  assert.deepEqual([lines.length, status, waits], [3, 'completed', [5_000, 5_000]]);
  assert.match(lines[1], /does not answer/);
  assert.match(lines[2], /^completed 42s/);
  const json = await watched([VIEW, undefined, OVER], { json: true });
  assert.deepEqual(
    json.written
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Watched).status),
    ['cooperating', 'completed'],
  );
});

test('on a terminal the screen is redrawn in its place, as far as it fits', async () => {
  const interactive = { ...PLAIN, interactive: true };
  const lines = screenOf(VIEW, PLAIN).length;
  const { written, waits } = await watched([VIEW, undefined, OVER], { terminal: interactive });
  assert.deepEqual(waits, [1_000, 1_000]);
  // oxlint-disable-next-line no-control-regex
  const frames = written.split(/(?=\u001b\[\d+A)/);
  assert.deepEqual(
    // oxlint-disable-next-line no-control-regex
    frames.slice(1).map((frame) => /^\u001b\[(\d+)A\u001b\[J/.exec(frame)?.[1]),
    [String(lines), String(lines + 1)],
  );
  let short = '';
  await watched([VIEW, OVER], { terminal: interactive, stream: { write: (text) => (short += text), rows: 5 } });
  // oxlint-disable-next-line no-control-regex
  assert.match(short, /\u001b\[4A\u001b\[J/);
});
