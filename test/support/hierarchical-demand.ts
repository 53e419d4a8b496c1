/**
 * The acceptance table of algorithms-3, section 5: tables by their path, arms alone and hierarchical over the simulated
 * network (the first split; the others as direct runs, whose bits are the same), split seeds 0 to 4, guard off.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { RunResult } from '../../core/run-result.ts';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import { digests, direct, output, simulated } from './experiments.ts';
import { projectRoot, sharedData } from './project.ts';

export interface Row {
  readonly data: string;
  readonly train: number;
  readonly loss?: 'logistic';
  /** By split: the study's alone (squared-loss ridge, on labels too) and hierarchical. */
  readonly alone: readonly number[];
  readonly hierarchical: readonly number[];
  /** How far the mean error may be off, %. */
  readonly percent: number;
  /** Mean over splits of the change against alone, %, and how far it may be off, points. */
  readonly change: number;
  readonly points: number;
}

const row = (data: string, train: number, percent: number, changed: number, points: number, alone: string, fitted: string, loss?: 'logistic'): Row => ({
  data,
  train,
  percent,
  change: changed,
  points,
  alone: alone.split(' ').map(Number),
  hierarchical: fitted.split(' ').map(Number),
  ...(loss && { loss }),
});

export const ROWS: readonly Row[] = [
  row('us_productivity', 6, 2, -30.7, 2.5, '0.04558 0.04480 0.04246 0.04360 0.05061', '0.03215 0.02980 0.03155 0.03117 0.03222'),
  row('us_productivity', 10, 2, -15.6, 2.5, '0.02825 0.04053 0.03339 0.03074 0.02797', '0.02564 0.02740 0.02750 0.02721 0.02599'),
  row('parkinsons', 20, 1, -8.6, 1.5, '0.15420 0.15683 0.14931 0.14647 0.15418', '0.13901 0.13993 0.13551 0.13947 0.14105'),
  row('landmine', 40, 3, -19.5, 2.5, '0.34594 0.33167 0.32989 0.34463 0.29963', '0.26662 0.26210 0.24275 0.28660 0.26821', 'logistic'),
  row('landmine', 160, 3, -6.8, 2.5, '0.23980 0.24409 0.24816 0.23649 0.23225', '0.22409 0.22944 0.22242 0.21450 0.22849', 'logistic'),
  row('exam', 8, 1, -13.1, 1.5, '0.91093 0.89892 0.83099 0.84975 0.82432', '0.79060 0.77019 0.73681 0.74416 0.70844'),
  row('irish_wind', 60, 1, -3.3, 1.5, '0.72692 0.73473 0.76649 0.78715 0.74413', '0.70370 0.71292 0.73838 0.75924 0.72010'),
  row('computers', 14, 1, -18.5, 1.5, '0.81030 0.80804 0.82928 0.76679 0.78761', '0.66404 0.66935 0.64221 0.62285 0.66060'),
  row('computers', 8, 1, -20.4, 1.5, '0.90919 0.87499 0.90999 0.86090 0.86779', '0.70197 0.70418 0.74441 0.68051 0.69119'),
];

/** Tables that are part of the project. */
export const OWN: readonly string[] = ['us_productivity', 'irish_wind'];
export const SPLITS = [0, 1, 2, 3, 4];

/** The project's own copy where it has one. */
export function tablePath(data: string): string {
  return OWN.includes(data) ? join(projectRoot, 'examples', 'data', `${data}.csv`) : join(sharedData ?? '', data, 'data.csv');
}

export function whyNot(data: string): string | false {
  return !OWN.includes(data) && sharedData === undefined && 'its data is not beside the project';
}

export function tableExperiment(data: string, train: number, split: number, overrides: readonly string[] = [], loss = 'squared'): Experiment {
  const file = join(output, 'table.yaml');
  const text = [
    'name: table',
    `problem: { kind: csv-table, path: ${tablePath(data)}, task: task, target: y, loss: ${loss}, split: { train: ${train}, seed: ${split}, tooFew: drop } }`,
    'cooperate: { arms: [{ strategy: non-cooperative }, { strategy: hierarchical, guard: false }] }',
  ].join('\n');
  const readFile = (path: string): string => (path === file ? text : readFileSync(path, 'utf8'));
  return loadExperiment(file, { overrides, outputDirectory: output, environment: {}, readFile });
}

/** In units of the target's sd, or 1 - AUC. */
export function errorOf(result: RunResult, arm: number): number {
  const { auc, steadyError } = result.arms[arm];
  return auc === null ? steadyError / result.problem!.targetSd! : 1 - auc;
}

export interface Measured {
  readonly alone: number[];
  readonly hierarchical: number[];
}

export function measure({ data, train, loss }: Row): Measured {
  const results = SPLITS.map((split) => direct(tableExperiment(data, train, split, [], loss)));
  const overNetwork = simulated(tableExperiment(data, train, SPLITS[0], [], loss));
  assert.deepEqual(digests(overNetwork), digests(results[0]), 'simulated has other bits than a direct run');
  return { alone: results.map((one) => errorOf(one, 0)), hierarchical: results.map((one) => errorOf(one, 1)) };
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Paired by split, in %. */
export const change = (error: readonly number[], base: readonly number[]): number => 100 * mean(error.map((value, i) => value / base[i] - 1));

const figures = (values: readonly number[]): string => values.map((value) => value.toFixed(5)).join(' ');

export function demandRow(row: Row): void {
  describe(`${row.data} (${row.train})`, { skip: whyNot(row.data) }, () => {
    let measured: Measured;
    test(`the mean error is ${mean(row.hierarchical).toFixed(5)} within ${row.percent} %`, (context) => {
      measured = measure(row);
      context.diagnostic(`by split ${figures(measured.hierarchical)}, the study's ${figures(row.hierarchical)}`);
      context.diagnostic(`alone ${figures(measured.alone)}, the study's ${figures(row.alone)}`);
      const found = mean(measured.hierarchical);
      context.diagnostic(`mean ${found.toFixed(5)}, the study's ${mean(row.hierarchical).toFixed(5)}`);
      assert.ok(Math.abs(found / mean(row.hierarchical) - 1) <= row.percent / 100, `${found}`);
    });
    // The study's alone on labels is a squared-loss ridge: against the logistic one only the mean is demanded.
    const base = (): readonly number[] => (row.loss === 'logistic' ? row.alone : measured.alone);
    test(`the change against alone is ${row.change} +- ${row.points} points`, (context) => {
      const found = change(measured.hierarchical, base());
      context.diagnostic(
        `${found.toFixed(2)} %, demanded ${row.change} +- ${row.points}; against the arm alone ${change(measured.hierarchical, measured.alone).toFixed(2)} %`,
      );
      assert.ok(Math.abs(found - row.change) <= row.points, `${found}`);
    });
    test('it is better than alone on every split', () => {
      measured.hierarchical.forEach((error, split) => assert.ok(error < base()[split], `split ${split}: ${error}, alone ${base()[split]}`));
      assert.ok(mean(measured.hierarchical) < mean(measured.alone));
    });
  });
}
