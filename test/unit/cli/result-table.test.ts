import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentTable, armTable, resultTables } from '../../../cli/result-table.ts';
import { GMRF_RESULT, LOGISTIC_RESULT, TABLE_RESULT, arm } from './fixture.ts';

test('a synthetic run: error, prediction and gain of every arm', () => {
  assert.deepEqual(armTable(GMRF_RESULT).split('\n'), [
    'strategy         relationship   error  predicted     gain     eta  rounds/s     sent',
    '---------------  ------------  ------  ---------  -------  ------  --------  -------',
    'non-cooperative  -             0.2550     0.2566        -       -       123      0 B',
    'consensus        network       0.3500     0.3520  -37.3 %       -       123  1.23 MB',
    'multitask        learned       0.1910     0.1931  +25.1 %  0.2819       123    999 B',
  ]);
});

test('arms with a shadow tell how many agents were helped and harmed, or that they fell back', () => {
  const [alone, , multitask] = GMRF_RESULT.arms;
  const gainByAgent = [{ gain: 2, low: 1, high: 3 }, { gain: -2, low: -3, high: -1 }, { gain: 1, low: -1, high: 3 }, { gain: 1, low: null, high: null }, null];
  const arms = [alone, { ...multitask, gainByAgent, fellBack: null }, { ...multitask, gainByAgent, fellBack: { steadyError: 1 } }];
  const cells = armTable({ ...GMRF_RESULT, arms })
    .split('\n')
    .map((line) => line.slice(58, 72).trim());
  assert.deepEqual(cells, ['helped', '-------------', '-', '1/4, 1 harmed', 'fell back']);
});

test('a table: errors in the unit of the target and against its deviation, agents better off', () => {
  assert.deepEqual(armTable(TABLE_RESULT).split('\n'), [
    'strategy         relationship   RMSE  RMSE/sd     gain  better off  eta  rounds  sent',
    '---------------  ------------  -----  -------  -------  ----------  ---  ------  ----',
    'non-cooperative  -             3.000   0.6000        -           -    -     300   0 B',
    'multitask        complete      2.700   0.5400  +10.0 %         1/2    -     300   0 B',
    'multitask        learned       2.250   0.4500  +25.0 %         2/2    -     300   0 B',
  ]);
  assert.deepEqual(agentTable(TABLE_RESULT)?.split('\n'), [
    'gain of each agent against learning alone (RMSE)',
    'agent  alone  multitask complete  multitask learned',
    '-----  -----  ------------------  -----------------',
    'BIR    2.000             +50.0 %            +25.0 %',
    'BEL    4.000             -10.0 %            +25.0 %',
  ]);
});

test('labels are compared by auc; agents without one are left out', () => {
  assert.deepEqual(armTable(LOGISTIC_RESULT).split('\n').slice(2), [
    'non-cooperative  -                 0.1333  0.6000        -           -    -     300   0 B',
    'multitask        learned           0.1333  0.7000  +25.0 %         1/2    -     300   0 B',
  ]);
  assert.match(agentTable(LOGISTIC_RESULT) ?? '', /\n2 +- +-$/);
});

test('no table of agents for many, or with nothing to compare', () => {
  const many = Array<number>(17).fill(1);
  assert.equal(agentTable({ ...GMRF_RESULT, arms: [arm('non-cooperative', 'none', many), arm('filter', 'learned', many)] }), undefined);
  assert.equal(agentTable({ ...GMRF_RESULT, arms: [arm('multitask', 'learned', [1, 1])] }), undefined);
});

test('what stands around the tables: status, who is missing, relationship, notes, failure', () => {
  const text = resultTables(GMRF_RESULT);
  assert.match(text, /^paper \(seed 7, processes\): completed, agents 2\/2\nrun paper-7-aaaa in \/runs\/paper-7-aaaa\n/);
  assert.match(text, /\nrelationship v1: precision by pinv from 2 agents, relative error 0\.2219\n/);
  assert.match(text, /\nnote PINV_FEW_DIMENSIONS: only 9\.0 dimensions per agent$/);
  assert.match(resultTables(TABLE_RESULT), /completed-with-missing, agents 2\/3, missing CLA\n/);
  const failed = { ...GMRF_RESULT, status: 'failed', arms: [], error: { code: 'AGENT_LOST', message: 'agent 3', hint: 'look' } } as const;
  assert.match(resultTables(failed), /\nerror AGENT_LOST agent 3\n {2}hint: look\n/);
});

test('of a relationship that was given it says so, and not that it was learned from agents of this run', () => {
  const given = { run: 'before-1', version: 3, digest: '0' };
  const text = resultTables({ ...GMRF_RESULT, relationship: { ...GMRF_RESULT.relationship!, relativeError: null, given } });
  assert.match(text, /\nrelationship v1: precision by pinv, given \(v3 of run before-1\)\n/);
});

test('every learned relationship has its line where there are several', () => {
  const learned = [
    { version: 1, kind: 'precision', estimator: 'cgl', contributors: [0, 1] },
    { version: 2, kind: 'prior', estimator: 'hierarchical', contributors: [0] },
  ];
  const relationship = { ...GMRF_RESULT.relationship!, ...learned[1], relativeError: null, learned };
  const text = resultTables({ ...GMRF_RESULT, relationship });
  assert.match(text, /\n\nrelationship v2: prior by hierarchical from 1 of 2 agents\nrelationship v1: precision by cgl from 2 agents\n\n/);
});
