/**
 * Data stays home: agents with a table each, on real sockets, everything that crosses recorded. No cell of any row is in
 * it, raw or standardised; the parameters are; and a row that somebody plants in a report is found.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AgentFaults } from '../../agent/agent-faults.ts';
import { Agent } from '../../agent/agent.ts';
import { createMemoryCheckpointStore } from '../../agent/checkpoint-store.ts';
import { createTrainer, dataSource } from '../../agent/create-trainer.ts';
import { immediately } from '../../agent/trainer.ts';
import type { Trainer } from '../../agent/trainer.ts';
import { splitRows } from '../../core/problem/csv-table.ts';
import { mergeMoments, moments, standardization, standardizeRows } from '../../core/problem/standardize.ts';
import type { Rows } from '../../core/problem/rows.ts';
import type { RunResult } from '../../core/run-result.ts';
import { readTasks } from '../../config/table-facts.ts';
import type { TableProblem } from '../../config/experiment.ts';
import { systemClock } from '../../net/clock.ts';
import { createWebSocketTransport } from '../../net/websocket-transport.ts';
import { experimentFile, kindred, onlyRun, type Command, type Ended } from '../support/command.ts';
import { digests, simulated } from '../support/experiments.ts';
import { countFloat64, ENCODINGS, findRows } from '../support/row-search.ts';
import { makeSites, type Sites } from '../support/sites.ts';
import { AGENT_HOST, TAPPED_HOST, Wiretap } from '../support/wiretap.ts';

/** The planted row: of the last site. */
const LEAKY = 2;

const readFile = (path: string): string => readFileSync(path, 'utf8');
const elsewhere = process.platform === 'linux' ? false : 'only on Linux is all of 127/8 this machine';

interface Recorded {
  readonly tap: Wiretap;
  readonly ended: Ended;
  readonly run: string;
  readonly result: RunResult;
  readonly agents: readonly Ended[];
}

const taps: Wiretap[] = [];
after(() => taps.forEach((tap) => tap.close()));

/** The coordinator knows names and columns; `leaky` is an agent in this process, which does not keep its rows to itself. */
async function recordedRun(sites: Sites, files: readonly (string | undefined)[], leaky?: (url: string, token: string) => Promise<void>): Promise<Recorded> {
  const { file, directory } = experimentFile(sites.named);
  const tokenFile = `${directory}.token`;
  const coordinator = kindred('coordinator', file, '--token-file', tokenFile, '--port', '0');
  const tap = new Wiretap();
  taps.push(tap);
  const url = await tap.coordinator({ host: '127.0.0.1', port: await portOf(coordinator) });
  const common = ['--join', url, '--token-file', tokenFile, '--host', AGENT_HOST, '--advertise', TAPPED_HOST];
  const agents = files.flatMap((data, k) =>
    data === undefined ? [] : [kindred('agent', ...common, '--index', String(k), '--data', data, '--state', `${directory}.agent-${k}`)],
  );
  const own = leaky?.(url, readFile(tokenFile).trim());
  const ended = await coordinator.ended;
  // Who had not joined a run that failed was not told, and would dial for ten minutes.
  if (ended.code !== 0) for (const { child } of agents) child.kill('SIGTERM');
  await own;
  const run = onlyRun(directory);
  return { tap, ended, run, result: JSON.parse(readFile(join(run, 'run.json'))) as RunResult, agents: await Promise.all(agents.map((one) => one.ended)) };
}

function portOf({ child }: Command): Promise<number> {
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (part: string) => {
      const found = /"url":"http:\/\/[^:]+:(\d+)/.exec(part);
      if (found !== null) resolve(Number(found[1]));
    });
    child.once('close', () => reject(new Error('the coordinator never listened')));
  });
}

/** Every row of a site as it stands in its file, and standardised as in the run. */
function secrets(sites: Sites): number[][] {
  const problem = sites.whole.problem as TableProblem;
  const tasks = readTasks(problem, readFile);
  const training = tasks.map((rows, k) => splitRows(rows, k, problem.split).training);
  const standard = standardization(mergeMoments(training.map(moments)), 'global', 'squared');
  return tasks.flatMap((rows) => [...cellsOf(rows), ...cellsOf(standardizeRows(rows, standard))]);
}

function cellsOf({ count, features: d, x, y }: Rows): number[][] {
  return Array.from({ length: count }, (_, i) => [...x.subarray(i * d, (i + 1) * d), y[i]]);
}

test('no row crosses the wire, parameters do, and the bits are those of the whole table', { skip: elsewhere }, async () => {
  const sites = makeSites();
  const { tap, ended, run, result, agents } = await recordedRun(sites, sites.files);
  assert.deepEqual([ended.code, ...agents.map(({ code }) => code)], [0, 0, 0, 0], ended.stderr);
  assert.deepEqual(digests(result), digests(simulated(sites.whole)));
  const { control, links } = tap.sizes;
  assert.ok(control > 5_000 && links > 5_000, `recorded only ${control} and ${links} bytes`);
  const parameters = readdirSync(join(run, 'parameters')).flatMap((name) => JSON.parse(readFile(join(run, 'parameters', name))) as number[][]);
  assert.equal(countFloat64(parameters.flat(), tap.bytes), parameters.flat().length, 'the record does not hold all parameters');
  assert.deepEqual(findRows(secrets(sites), tap.bytes), []);
  for (const file of sites.files) assert.equal(tap.bytes.includes(file), false, `${file} left`);
});

test('a row planted in a report is found, however it is written', { skip: elsewhere }, async () => {
  const sites = makeSites();
  const rows = secrets(sites);
  for (const [as, encode] of ENCODINGS)
    assert.ok(
      findRows(rows, encode(rows[4])).some((find) => find.row === 4 && find.as === as),
      as,
    );
  const row = sites.rows[LEAKY][3];
  const { tap, ended } = await recordedRun(sites, [sites.files[0], sites.files[1], undefined], (url, token) => leakyAgent(sites, row, url, token));
  assert.equal(ended.code, 0, ended.stderr);
  const found = findRows(rows, tap.bytes).map((find) => [rows[find.row], find.as]);
  assert.deepEqual(found, [[row, 'float64 little-endian']]);
});

/** Agent LEAKY, which adds a row to the moments it reports. */
function leakyAgent(sites: Sites, row: readonly number[], url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const source = dataSource(readFile, () => ({ file: sites.files[LEAKY], readFile }));
    new Agent({
      agent: LEAKY,
      coordinator: url,
      token,
      transport: createWebSocketTransport({ host: AGENT_HOST, advertisedHost: TAPPED_HOST }),
      clock: systemClock,
      checkpoints: createMemoryCheckpointStore({ clock: systemClock, latencyMs: 0 }),
      faults: new AgentFaults(systemClock),
      createTrainer: (job, agent, agents, seed) => leaking(createTrainer(job, agent, agents, seed, source), row),
      log: () => {},
      onEnd: (code, detail) => (code === '' ? resolve() : reject(new Error(`${code} ${detail}`))),
    }).start();
  });
}

function leaking(trainer: Trainer, row: readonly number[]): Trainer {
  return {
    vectorLengthMax: trainer.vectorLengthMax,
    snapshot: () => trainer.snapshot(),
    restore: (snapshot) => trainer.restore(snapshot),
    begin: (work) => {
      const activity = trainer.begin(work);
      if (work.kind !== 'moments') return activity;
      const request = activity.advance();
      assert.equal(request.kind, 'report');
      return immediately(new Map([...request.values, ['surplus', Float64Array.from(row)]]));
    },
  };
}

test('what is wrong with a table is told by its place; the cell stays in the log of its site', { skip: elsewhere }, async () => {
  const sites = makeSites();
  const cell = '47.110815cm';
  writeFileSync(sites.files[1], readFile(sites.files[1]).replace(String(sites.rows[1][2][1]), cell));
  const { tap, ended, result, agents } = await recordedRun(sites, sites.files);
  assert.equal(ended.code, 2, ended.stderr);
  assert.equal(result.error?.code, 'TABLE_INVALID');
  assert.match(result.error?.message ?? '', /^agent 1 .*its table:4:\d+ its own table was refused/);
  assert.equal(tap.bytes.includes(cell), false);
  assert.match(agents[1].stdout, /"detail":"[^"]*south\.csv:4:\d+ column \\"b\\": not a number \(got \\"47\.110815cm\\"\)"/);
});
