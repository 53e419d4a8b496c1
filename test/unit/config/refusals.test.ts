/** Every refusal of an experiment file, with its exact text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimatorNames, laterEstimators, laterStrategies, strategyNames } from '../../../config/vocabulary.ts';
import { CSV, PAPER, TABLE, refusal } from './fixture.ts';

const strategies = strategyNames().join(', ');
const GRAPHS = 'reference, ring, star, grid, complete, erdos-renyi, random-geometric';

/** [what is wrong, file, code, text] */
const WRONG: readonly [string, string, string, string][] = [
  ['an unknown key', PAPER.replace('seed: 7', 'sed: 7'), 'CONFIG_INVALID', 'dir/experiment.yaml:2:1 sed: unknown key; did you mean "seed"?'],
  [
    'an unknown key like none',
    PAPER.replace('seed: 7', 'wolpertinger: 7'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:2:1 wolpertinger: unknown key; known here: name, seed, agents, problem, explore, relationship, cooperate, network, participation, faults, output',
  ],
  [
    'a negative eta',
    PAPER.replace('{ strategy: multitask }', '{ strategy: multitask, eta: -1 }'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:18:30 cooperate.arms[2].eta: must be >= 0 (got -1)',
  ],
  ['a step size of zero', PAPER.replace('0.04', '0'), 'CONFIG_INVALID', 'dir/experiment.yaml:13:3 cooperate.stepSize: must be > 0 (got 0)'],
  ['half a step', PAPER.replace('300', '1.5'), 'CONFIG_INVALID', 'dir/experiment.yaml:14:3 cooperate.steps: must be a whole number >= 1 (got 1.5)'],
  [
    'a word for a step size',
    PAPER.replace('0.04', 'atuo'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:13:3 cooperate.stepSize: must be a number > 0 or auto (got "atuo"); did you mean "auto"?',
  ],
  [
    'text that only looks like a number',
    PAPER.replace('dimension: 200', 'dimension: "200"'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:7:3 problem.dimension: must be a whole number >= 1 (got "200")',
  ],
  ['noise below zero', PAPER.replace('noise: 200', 'noise: -1'), 'CONFIG_INVALID', 'dir/experiment.yaml:9:3 problem.noise: must be >= 0 (got -1)'],
  [
    'noise that is not finite',
    PAPER.replace('noise: 200', 'noise: .inf'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:9:3 problem.noise: must be a number >= 0 (got Infinity)',
  ],
  ['one agent', PAPER.replace('agents: 10', 'agents: 1'), 'CONFIG_INVALID', 'dir/experiment.yaml:3:1 agents: must be >= 2 (got 1)'],
  ['too many agents', PAPER.replace('agents: 10', 'agents: 1001'), 'CONFIG_INVALID', 'dir/experiment.yaml:3:1 agents: must be <= 1000 (got 1001)'],
  [
    'too large a dimension',
    PAPER.replace('dimension: 200', 'dimension: 1000001'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:7:3 problem.dimension: must be <= 1000000 (got 1000001)',
  ],
  [
    'a misspelt graph',
    PAPER.replace('graph: reference', 'graph: rign'),
    'CONFIG_INVALID',
    `dir/experiment.yaml:6:3 problem.graph: must be ${GRAPHS} or { file: ... } (got "rign"); did you mean "ring"?`,
  ],
  [
    'a key of another graph',
    PAPER.replace('graph: reference', 'graph: { fil: a.csv, file: a.csv }'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:6:12 problem.graph.fil: unknown key; did you mean "file"?',
  ],
  [
    'a misspelt estimator',
    PAPER.replace('pinv', 'pnv'),
    'CONFIG_INVALID',
    `dir/experiment.yaml:11:17 relationship.estimator: must be ${listed([...estimatorNames(), 'file'])} (got "pnv"); did you mean "pinv"?`,
  ],
  [
    'snapshots of agents that solve at once',
    `${TABLE}relationship: { estimator: lagged }\n`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:17 relationship.estimator: lagged needs two snapshots of agents that learn step by step, and agents on a table solve at once; use cgl',
  ],
  [
    'a misspelt strategy',
    PAPER.replace('filter', 'filtre'),
    'CONFIG_INVALID',
    `dir/experiment.yaml:20:9 cooperate.arms[4].strategy: must be ${listed(strategyNames())} (got "filtre"); did you mean "filter"?`,
  ],
  [
    'an arm without a strategy',
    PAPER.replace('{ strategy: filter }', '{}'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:20:7 cooperate.arms[4].strategy: is missing',
  ],
  [
    'a misspelt kind',
    PAPER.replace('gmrf-regression', 'gmrf-regresion'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:3 problem.kind: must be one of gmrf-regression, csv-table, mlp (got "gmrf-regresion"); did you mean "gmrf-regression"?',
  ],
  ['a problem without a kind', 'problem: {}', 'CONFIG_INVALID', 'dir/experiment.yaml:1:1 problem.kind: is missing'],
  ['no problem', 'seed: 1', 'CONFIG_INVALID', 'dir/experiment.yaml:1:1 problem: is missing'],
  ['an empty file', '', 'CONFIG_INVALID', 'dir/experiment.yaml:1:1 the file: must be a section of keys (got null)'],
  [
    'no arms',
    'problem: { kind: gmrf-regression }\ncooperate: { arms: [] }',
    'CONFIG_INVALID',
    'dir/experiment.yaml:2:14 cooperate.arms: must list at least one (got [])',
  ],
  [
    'a name that is no file name',
    PAPER.replace('name: paper', 'name: ../x'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:1:1 name: must be letters, digits, spaces, dots, dashes or underscores, and begin with a letter or digit (got "../x")',
  ],
  [
    'YAML that does not parse',
    'a: [1,\nb: 2',
    'CONFIG_UNREADABLE',
    'dir/experiment.yaml:2:1 Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['a key given twice', 'seed: 1\nseed: 2', 'CONFIG_UNREADABLE', 'dir/experiment.yaml:2:1 Map keys must be unique'],

  [
    'the reference graph of nine',
    PAPER.replace('agents: 10', 'agents: 9'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:6:3 problem.graph: the reference graph has 10 agents (got 9); choose another graph',
  ],
  [
    'an exploring step size that diverges',
    PAPER.replace('0.005', '0.2'),
    'STEP_SIZE_UNSTABLE',
    'dir/experiment.yaml:10:16 explore.stepSize: must be < 0.1809 with dimension 200 and batch 20 (got 0.2): the mean-square error diverges',
  ],
  [
    'a cooperating step size that diverges',
    PAPER.replace('0.04', '1'),
    'STEP_SIZE_UNSTABLE',
    'dir/experiment.yaml:13:3 cooperate.stepSize: must be < 0.1809 with dimension 200 and batch 20 (got 1): the mean-square error diverges',
  ],
  [
    'an eta for who has none',
    PAPER.replace('{ strategy: filter }', '{ strategy: filter, eta: 1 }'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:20:27 cooperate.arms[4].eta: filter has no eta; leave the key out',
  ],
  [
    'a guard for who has nothing to fear',
    PAPER.replace('{ strategy: consensus }', '{ strategy: consensus, guard: true }'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:17:30 cooperate.arms[1].guard: consensus has nothing to guard against; leave the key out',
  ],
  [
    'a relationship for who uses none',
    PAPER.replace('{ strategy: consensus }', '{ strategy: consensus, relationship: learned }'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:17:30 cooperate.arms[1].relationship: consensus uses no relationship; leave the key out',
  ],

  [
    'a table without its path',
    'problem: { kind: csv-table }',
    'CONFIG_INVALID',
    'dir/experiment.yaml:1:1 problem.path: is missing; give the table of all tasks, or sites with a table each',
  ],
  [
    'a table and sites',
    `${TABLE}  sites: [{ name: a }, { name: b }]\n  features: [x]\n`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:3 problem.sites: there is a path already: give the table of all tasks, or sites with a table each',
  ],
  [
    'sites without the names of columns, two of one name, and a wish for what needs all rows',
    'problem: { kind: csv-table, sites: [{ name: a }, { name: a }], split: { tooFew: drop } }',
    'CONFIG_INVALID',
    [
      'dir/experiment.yaml:1:1 problem.features: is missing: with sites nobody sees every table, so the columns are named here',
      'dir/experiment.yaml:1:29 problem.sites: the name "a" is there twice',
      'dir/experiment.yaml:1:73 problem.split.tooFew: drop needs the table of all tasks; with sites, leave out of the list who has too few',
    ].join('\n'),
  ],
  [
    'a feature that is the target',
    `${TABLE}  features: [x, y]\n`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:3 problem.features: the column "y" is there twice, or is the task or the target',
  ],
  [
    'a site alone',
    'problem: { kind: csv-table, sites: [{ name: a }], features: [x] }',
    'CONFIG_INVALID',
    'dir/experiment.yaml:1:29 problem.sites: must list at least two (got [{"name":"a"}])',
  ],
  [
    'agents that are not the tasks',
    `${TABLE}agents: 4\n`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:1 agents: the table has 3 tasks, one agent each (got 4); leave the key out',
  ],
  [
    'the unknown truth of a table',
    `${TABLE}cooperate:\n  arms:\n    - { strategy: multitask, relationship: known }\n`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:7:30 cooperate.arms[0].relationship: the true relationship of a table is not known (got "known"); use learned, permuted or complete',
  ],
  [
    'two and a half rows',
    TABLE.replace('train: 10', 'train: 2.5'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:4:12 problem.split.train: must be a whole number of rows, or a fraction below 1 (got 2.5)',
  ],
  [
    'more rounds than tables have',
    `${TABLE}cooperate: { steps: 501 }`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:14 cooperate.steps: must be <= 500 on a table (got 501)',
  ],
  [
    'the reference graph for three tasks',
    `${TABLE}network: { graph: reference }`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:12 network.graph: the reference graph has 10 agents (got 3); choose another graph',
  ],
  [
    'a variable that is not set',
    TABLE.replace('data.csv', '${HERE}/data.csv'),
    'CONFIG_ENVIRONMENT',
    'dir/experiment.yaml:3:3 problem.path: the environment variable HERE is not set',
  ],

  [
    'rounds of another kind',
    PAPER.replace('rounds: bsp', 'rounds: asynk'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:21:32 network.rounds: must be bsp, async or { bounded: ... } (got "asynk"); did you mean "async"?',
  ],
  [
    'a bound of no rounds',
    PAPER.replace('rounds: bsp', 'rounds: { bounded: 0 }'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:21:42 network.rounds.bounded: must be >= 1 (got 0)',
  ],
  ['a bound without its number', PAPER.replace('rounds: bsp', 'rounds: {}'), 'CONFIG_INVALID', 'dir/experiment.yaml:21:32 network.rounds.bounded: is missing'],
  [
    'more than all agents',
    `${PAPER}participation: { quorum: 11 }`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:24:18 participation.quorum: must be <= 10, the number of agents (got 11)',
  ],
  [
    'more than all tasks of a table',
    `${TABLE}participation: { quorum: 4 }`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:18 participation.quorum: must be <= 3, the number of agents (got 4)',
  ],
  ['one agent alone', `${PAPER}participation: { quorum: 1 }`, 'CONFIG_INVALID', 'dir/experiment.yaml:24:18 participation.quorum: must be >= 2 (got 1)'],
  [
    'a percentage that is one agent',
    `${PAPER}participation: { quorum: 10% }`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:24:18 participation.quorum: must be at least 2 of the 10 agents (got "10%")',
  ],
  [
    'a quorum in words',
    `${PAPER}participation: { quorum: most }`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:24:18 participation.quorum: must be all, a number of agents, or a percentage of them such as "80%" (got "most")',
  ],
  [
    'a wait without a unit',
    `${PAPER}participation: { wait: 30 }`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:24:18 participation.wait: must be a time such as "5s" or "250ms" (got 30)',
  ],
  [
    'a control where nobody sees the whole relationship',
    PAPER.replace('pinv', 'neighbourhood').replace('{ strategy: multitask }', '{ strategy: multitask, relationship: permuted }'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:18:30 cooperate.arms[2].relationship: with "neighbourhood" no agent knows more than its own row (got "permuted"); use learned or known',
  ],
  [
    'a guard where nobody judges the network',
    PAPER.replace('pinv', 'flooded').replace('{ strategy: multitask }', '{ strategy: multitask, guard: true }'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:18:30 cooperate.arms[2].guard: with "flooded" nobody judges the network as a whole; leave the key out',
  ],
  [
    'pairs beside a network',
    PAPER.replace('pinv', 'flooded, pairs: 0-1'),
    'CONFIG_INVALID',
    'dir/experiment.yaml:11:37 relationship.pairs: in a run it is network.graph that says who knows whom',
  ],
  [
    'agents that learn by themselves on a table',
    `${TABLE}relationship: { estimator: neighbourhood }`,
    'CONFIG_INVALID',
    'dir/experiment.yaml:5:17 relationship.estimator: agents learn by themselves on gmrf-regression only (got "neighbourhood"); on a table use cgl',
  ],
  [
    'more arms than one report holds',
    PAPER.replace('pinv', 'flooded').replace('    - { strategy: filter }', '    - { strategy: filter }\n'.repeat(4)),
    'CONFIG_INVALID',
    'dir/experiment.yaml:15:3 cooperate.arms: at most 7 arms (got 8): agents that learn by themselves ("flooded") report all at once',
  ],
  [
    'a module that is not there',
    PAPER.replace('kind: gmrf-regression', 'kind: ./mine.ts'),
    'MODULE_UNREADABLE',
    'dir/experiment.yaml:5:3 problem.kind: mine.ts there is no such file',
  ],
];

for (const [what, text, code, expected] of WRONG) {
  test(`refuses ${what}`, () => assert.deepEqual(refusal(text), { code, text: expected }));
}

test('refuses names of the interface that are not there yet, listing those that are', () => {
  const [strategy] = laterStrategies();
  const [estimator] = laterEstimators();
  if (strategy !== undefined) {
    const text = `dir/experiment.yaml:20:9 cooperate.arms[4].strategy: "${strategy}" comes in a later version; this one has ${strategies}`;
    assert.deepEqual(refusal(PAPER.replace('filter', strategy)), { code: 'CONFIG_UNSUPPORTED', text });
  }
  if (estimator !== undefined) {
    const text = `dir/experiment.yaml:11:17 relationship.estimator: "${estimator}" comes in a later version; this one has ${estimatorNames().join(', ')}`;
    assert.deepEqual(refusal(PAPER.replace('pinv', estimator)), { code: 'CONFIG_UNSUPPORTED', text });
  }
});

test('lists all mistakes, one a line, in the order of the file, overrides last', () => {
  const text = PAPER.replace('seed: 7', 'sed: 7').replace('batch: 20', 'bach: 20').replace('steps: 300', 'steps: 0');
  const { code, text: message } = refusal(text, { overrides: ['output.every=0'] });
  assert.equal(code, 'CONFIG_INVALID');
  assert.deepEqual(message.split('\n'), [
    'dir/experiment.yaml:2:1 sed: unknown key; did you mean "seed"?',
    'dir/experiment.yaml:8:3 problem.bach: unknown key; did you mean "batch"?',
    'dir/experiment.yaml:14:3 cooperate.steps: must be >= 1 (got 0)',
    '-c output.every=0 output.every: must be >= 1 (got 0)',
  ]);
});

test('a mistake of an override names the override', () => {
  const of = (override: string) => refusal(PAPER, { overrides: [override] }).text;
  assert.equal(
    of('cooperate.arms[0].strategy=multitsk'),
    `-c cooperate.arms[0].strategy=multitsk cooperate.arms[0].strategy: must be ${listed(strategyNames())} (got "multitsk"); did you mean "multitask"?`,
  );
  assert.equal(of('coperate.steps=1'), '-c coperate.steps=1 coperate: unknown key; did you mean "cooperate"?');
  assert.equal(of('cooperate.arms[7].eta=1'), '-c cooperate.arms[7].eta=1 the list has items 0 to 4, not 7');
  assert.equal(of('cooperate.arms.first.eta=1'), '-c cooperate.arms.first.eta=1 the list has items 0 to 4, not first');
  assert.equal(of('agents[0]=1'), '-c agents[0]=1 there is no list at "agents" in the file');
  assert.equal(of('steps'), '-c steps must read path=value, for example -c cooperate.steps=100');
  assert.equal(of('a..b=1'), '-c a..b=1 "a..b" is not a path such as cooperate.arms[0].eta');
  assert.equal(of('__proto__.x=1'), '-c __proto__.x=1 "__proto__.x" is not a path such as cooperate.arms[0].eta');
  assert.equal(of('seed=['), '-c seed=[ the value is not YAML: Flow sequence must end with a ]');
  assert.equal(refusal(PAPER, { seed: 1.5 }).text, '--seed 1.5 seed: must be a whole number >= 0 (got 1.5)');
});

test('a table that is not there, or has too little, says which', () => {
  const missing = refusal(TABLE, {}, {});
  assert.equal(missing.code, 'TABLE_UNREADABLE');
  assert.match(missing.text, /dir\/data\.csv there is no such file$/);
  const small = refusal(TABLE.replace('train: 10', 'train: 18'));
  assert.equal(small.code, 'TABLE_TOO_FEW_ROWS');
  assert.match(small.text, /task "t0" has 20 rows; 21 are needed to train on 18$/);
  const wide = CSV.split('\n').map((line, i) => line + (i === 0 ? Array.from({ length: 511 }, (_, j) => `,f${j}`) : Array(511).fill(',1')).join(''));
  const tooWide = 'dir/experiment.yaml:3:3 problem.path: the table has 512 features; tables go up to 511';
  assert.equal(refusal(TABLE, {}, { 'data.csv': wide.join('\n') }).text, tooWide);
});

test('an edge file is checked before anything starts', () => {
  const graph = { overrides: ['problem.graph={ file: edges.csv }'] };
  assert.deepEqual(refusal(PAPER, graph, { 'edges.csv': 'source,target,weight\n0,10,1\n' }), {
    code: 'GRAPH_INVALID',
    text: '-c problem.graph={ file: edges.csv } the edge 0 - 10 names an unknown agent (there are 0 to 9)',
  });
  assert.match(refusal(PAPER, graph, {}).text, /edges\.csv there is no such file$/);
});

function listed(names: readonly string[]): string {
  return names.length > 2 ? `one of ${names.join(', ')}` : names.join(' or ');
}
