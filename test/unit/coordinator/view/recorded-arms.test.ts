/** A run that left no result is shown from its record: the same curves, errors and gains as from the result, without theory. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../../config/experiment.ts';
import { RunDirectory } from '../../../../coordinator/view/run-directory.ts';
import { RunViews } from '../../../../coordinator/view/run-view.ts';
import type { SharedView } from '../../../../coordinator/view/run-view.ts';
import { example, output, simulated, smallExperiment } from '../../../support/experiments.ts';

function look(directory: string, goesOn = false): SharedView {
  return new RunViews().of(new RunDirectory(directory, 'seen').look(), goesOn, Date.now());
}

/** A run that is over, as its result shows it, and where it is: its result is taken away. */
function crashed(experiment: Experiment): { readonly whole: SharedView; readonly directory: string } {
  const { directory } = simulated(experiment);
  const whole = look(directory);
  rmSync(join(directory, 'run.json'));
  return { whole, directory };
}

const peersOf = ({ peers }: SharedView) => peers.map(({ errors, gains, iteration, bytesSent }) => ({ errors, gains, iteration, bytesSent }));
const ARMS = 'cooperate.arms=[{strategy: non-cooperative}, {strategy: consensus}]';

/** Four tasks of sixty rows: whether x + noise is above 0. */
function labels(): Experiment {
  const path = join(output, 'labels.csv');
  const noise = (i: number): number => 2 * Math.sin(12.9898 * i * i) + 0.2;
  const rows = Array.from({ length: 240 }, (_, i) => `${i % 4},${Math.cos(i)},${Number(Math.cos(i) + noise(i) > 0)}`);
  writeFileSync(path, `task,x,y\n${rows.join('\n')}\n`);
  return example('us-states', [ARMS, `problem.path=${path}`, 'problem.task=task', 'problem.target=y', 'problem.loss=logistic', 'problem.split.train=30']);
}

describe('without a result', () => {
  for (const steps of ['65', 'auto'])
    test(`the arms that ended have their curves, errors and gains: ${steps} steps`, () => {
      const { whole, directory } = crashed(smallExperiment([`cooperate.steps=${steps}`, 'output.every=10']));
      const seen = look(directory);
      assert.equal(seen.status, 'unfinished');
      assert.ok(seen.curves.every(({ iteration, error, steadyError }) => iteration.length > 5 && error.length === iteration.length && steadyError !== null));
      const measured = ({ curves }: SharedView) => curves.map((curve) => ({ ...curve, predicted: null, predictedError: null }));
      assert.deepEqual(measured(seen), measured(whole));
      assert.deepEqual(peersOf(seen), peersOf(whole));
      // While its processes go on and its coordinator does not answer, it is shown likewise.
      assert.deepEqual(look(directory, true).curves, seen.curves);
    });

  test('an arm that had not ended has none, and a line that a crash cut off is no point', () => {
    const { whole, directory } = crashed(smallExperiment());
    for (const file of ['events.jsonl', 'metrics.jsonl']) {
      const kept = readFileSync(join(directory, file), 'utf8')
        .split('\n')
        .filter((line) => !/"arm":[^0]|"type":"completed"/.test(line) && !/"type":"arm","strategy":"(?!non-cooperative)/.test(line));
      writeFileSync(join(directory, file), kept.join('\n'));
    }
    appendFileSync(join(directory, 'metrics.jsonl'), '{"arm":1,"agent":0,"cur');
    const [first, ...others] = look(directory).curves;
    assert.deepEqual(first.error, whole.curves[0].error);
    assert.ok(others.length === 4 && others.every(({ error, steadyError }) => error.length === 0 && steadyError === null));
  });

  test('tables have the errors of their arms and agents', () => {
    const { whole, directory } = crashed(example('us-states', [ARMS]));
    const seen = look(directory);
    assert.deepEqual(seen.curves, whole.curves);
    assert.deepEqual(
      peersOf(seen),
      peersOf(whole).map((peer) => ({ ...peer, iteration: seen.peers[0].iteration })),
    );
    assert.equal(seen.errorName, whole.errorName);
  });

  test('tables of labels are compared by the area under the curve', () => {
    const { whole, directory } = crashed(labels());
    assert.deepEqual(look(directory).peers.map(({ gains }) => gains), whole.peers.map(({ gains }) => gains)); // prettier-ignore
    assert.match(look(directory).errorName, /AUC/);
  });
});
