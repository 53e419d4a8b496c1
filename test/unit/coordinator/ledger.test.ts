import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../config/experiment.ts';
import { checkSameRelationship, Ledger } from '../../../coordinator/ledger.ts';
import { initialRunState } from '../../../coordinator/run-state.ts';
import type { RunPhase } from '../../../coordinator/run-state.ts';
import type { RunStore } from '../../../coordinator/run-store.ts';
import type { RunRecord } from '../../../coordinator/script.ts';
import type { ArmResult, RunResult } from '../../../core/run-result.ts';

const experiment = {
  name: 'small',
  seed: 3,
  agents: 3,
  agentNames: ['a', 'b', 'c'],
  problem: { kind: 'gmrf-regression', graph: 'ring', dimension: 9, batch: 2, noise: 1 },
  relationship: { estimator: 'pinv', options: {} },
} as unknown as Experiment;

const arm = (participants: readonly number[], strategy = 'multitask', relationship = 'learned'): RunRecord => ({
  type: 'arm',
  arm: { strategy, relationship, participants, steadyError: 0.5, parametersSha256: 'digest' } as unknown as ArmResult,
  parameters: [],
});

const relationship = (version: number, contributors: readonly number[], weight = 1): RunRecord => ({
  type: 'relationship',
  relationship: { kind: 'precision', laplacian: { rows: 2, cols: 2, data: Float64Array.of(weight, -weight, -weight, weight) } } as never,
  version,
  diagnostics: [],
  relativeError: null,
  truth: null,
  contributors,
});

const prior = (version: number): RunRecord => ({
  type: 'relationship',
  relationship: { kind: 'prior', agents: 3, prior: { mean: Float64Array.of(1), covariance: { rows: 1, cols: 1, data: Float64Array.of(2) } } },
  version,
  diagnostics: [],
  relativeError: null,
  truth: null,
  contributors: [0, 1, 2],
  estimator: 'hierarchical',
});

function ledger(section: object = experiment.relationship): { readonly ledger: Ledger; readonly written: string[] } {
  const written: string[] = [];
  const store: RunStore = {
    directory: 'runs/small',
    event: (type) => void written.push(`event ${type}`),
    metrics: () => void written.push('metrics'),
    relationship: (version) => void written.push(`relationship ${version}`),
    parameters: (name) => void written.push(`parameters ${name}`),
    result: () => void written.push('result'),
  };
  return { ledger: new Ledger({ ...experiment, relationship: section } as Experiment, 'run-1', store, []), written };
}

const timings = { startMs: 0, exploreMs: 0, estimateMs: 0, cooperateMs: 0, totalMs: 9 };

function resultOf(of: Ledger, phase: RunPhase, missing: readonly number[] = []): RunResult {
  return of.result({ mode: 'simulated', timings, missing, state: { ...initialRunState(3, 0), phase } });
}

describe('what the script tells', () => {
  test('is written as it comes', () => {
    const { ledger: book, written } = ledger();
    book.record(relationship(1, [0, 1, 2]));
    book.record({ type: 'metrics', arm: 0, agent: 1, values: {} });
    book.record(arm([0, 1, 2]));
    book.record(arm([0, 1, 2], 'non-cooperative', 'none'));
    assert.deepEqual(written, [
      'relationship 1',
      'event relationship',
      'metrics',
      'parameters 1-multitask-learned',
      'event arm',
      'parameters 2-non-cooperative-none',
      'event arm',
    ]);
  });
  test('is remembered and not written again while a log is replayed', () => {
    const { ledger: live } = ledger();
    const { ledger: replayed, written } = ledger();
    const records = [relationship(1, [0, 1, 2]), { type: 'metrics', arm: 0, agent: 1, values: {} } as const, arm([0, 1, 2])];
    replayed.replaying = true;
    for (const record of records) assert.deepEqual(replayed.record(record), live.record(record));
    assert.deepEqual(written, []);
    assert.deepEqual(resultOf(replayed, 'completed'), resultOf(live, 'completed'));
    replayed.replaying = false;
    replayed.record(arm([0, 1, 2]));
    assert.deepEqual(written, ['parameters 2-multitask-learned', 'event arm']);
  });
  test('about the problem and diagnostics adds up', () => {
    const { ledger: book } = ledger();
    book.record({ type: 'problem', problem: { kind: 'csv-table', ridge: 2 } });
    book.record({ type: 'problem', problem: { kind: 'csv-table', aucLeftOut: [1] } });
    book.record({ type: 'diagnostics', diagnostics: [{ code: 'A', message: '', value: 1 }] });
    book.note({ code: 'B', message: '', value: 2 });
    const { problem, diagnostics } = resultOf(book, 'completed');
    assert.deepEqual(problem, { kind: 'csv-table', ridge: 2, aucLeftOut: [1] });
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['A', 'B'],
    );
  });
});

describe('the digest of a relationship', () => {
  test('is of its bits', () => {
    const digest = (weight: number): string => ledger().ledger.record(relationship(1, [0, 1], weight))!.sha256;
    assert.equal(digest(1), digest(1));
    assert.notEqual(digest(1), digest(1 + Number.EPSILON));
    assert.match(digest(1), /^[0-9a-f]{64}$/);
    assert.equal(ledger().ledger.record(arm([0])), undefined);
  });
  test('must be the one from before, where there is one', () => {
    checkSameRelationship(1, undefined, 'x');
    checkSameRelationship(1, 'x', 'x');
    assert.throws(() => checkSameRelationship(2, 'x', 'y'), { code: 'LOG_MISMATCH', message: /relationship v2/ });
  });
});

describe('the result', () => {
  test('has one status per end, and what was learned even when the run failed', () => {
    const { ledger: book } = ledger();
    book.record(arm([0, 1, 2]));
    for (const phase of ['completed', 'completed-with-missing', 'cancelled', 'failed'] as const) assert.equal(resultOf(book, phase).status, phase);
    assert.equal(resultOf(book, 'cooperating').status, 'failed');
    assert.equal(resultOf(book, 'failed').arms.length, 1);
    assert.deepEqual(resultOf(book, 'completed', [1]).agents, { expected: 3, completed: 2, missing: [1], names: ['a', 'b', 'c'] });
    assert.equal(resultOf(book, 'failed').agents.completed, 0);
  });
  test('has the code of the failure and what to do about it', () => {
    const { ledger: book } = ledger();
    const state = { ...initialRunState(3, 0), phase: 'failed' as const, failure: { code: 'AGENT_LOST' as const, detail: 'agent 1' } };
    const { error } = book.result({ mode: '', timings, missing: [], state });
    assert.deepEqual([error?.code, error?.message, error!.hint.length > 0], ['AGENT_LOST', 'agent 1', true]);
  });
});

describe('who was left out', () => {
  test('is who missed a relationship or an arm, named with what and why', () => {
    const { ledger: book } = ledger();
    book.record(relationship(1, [0, 1, 2]));
    book.excluded(1, 'did not come back');
    book.record(arm([0, 2]));
    book.record(arm([0, 1, 2], 'non-cooperative', 'none'));
    assert.deepEqual(book.leftOut(), [1]);
    const { diagnostics } = resultOf(book, 'completed-with-missing', [1]);
    assert.deepEqual(diagnostics, [{ code: 'AGENT_LEFT_OUT', message: 'agent b took no part in multitask (learned): did not come back', value: 1 }]);
  });
  test('is nobody where everybody took part, whoever was away in between', () => {
    const { ledger: book } = ledger();
    book.excluded(1, 'did not come back');
    book.record(arm([0, 1, 2]));
    assert.deepEqual([book.leftOut(), resultOf(book, 'completed').diagnostics], [[], []]);
  });
});

describe('a graph and a prior', () => {
  const both = (section: object): RunResult => {
    const { ledger: book } = ledger(section);
    book.record(relationship(1, [0, 1, 2]));
    book.record(arm([0, 1, 2], 'non-cooperative', 'none'));
    book.record(prior(2));
    book.record(arm([0, 1, 2], 'hierarchical'));
    book.record(arm([0, 1, 2], 'multitask'));
    return resultOf(book, 'completed');
  };
  const graph = [
    [1, -1],
    [-1, 1],
  ];
  test('are told by the one that the section asks for, with the other beside it', () => {
    const asked = both({ estimator: 'hierarchical', options: {} }).relationship!;
    assert.deepEqual([asked.version, asked.kind, asked.estimator, asked.laplacianVersion], [2, 'prior', 'hierarchical', 1]);
    const other = both({ estimator: 'cgl', options: {}, isDefault: true }).relationship!;
    assert.deepEqual([other.version, other.kind, other.estimator, other.laplacianVersion], [1, 'precision', 'cgl', undefined]);
    for (const { laplacian, prior: learned } of [asked, other]) assert.deepEqual([laplacian, learned], [graph, { mean: [1], covariance: [[2]] }]);
  });
  test('are both listed, and every arm names the version that it used', () => {
    const { relationship: told, arms } = both({ estimator: 'pinv', options: {} });
    assert.deepEqual(
      told!.learned!.map(({ version, kind, estimator }) => [version, kind, estimator]),
      [
        [1, 'precision', 'pinv'],
        [2, 'prior', 'hierarchical'],
      ],
    );
    assert.deepEqual(
      arms.map(({ relationshipVersion }) => relationshipVersion),
      [undefined, 2, 1],
    );
  });
  test('one alone needs no list', () => {
    const { ledger: book } = ledger();
    book.record(relationship(1, [0, 1, 2]));
    assert.equal(resultOf(book, 'completed').relationship!.learned, undefined);
  });
});
