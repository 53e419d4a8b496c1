/** What a run directory holds for figures: the result, the eigenvalues of every version of its relationship, its course. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPlan } from '../core/fault/plan.ts';
import { symmetricEigenvalues } from '../core/linalg/eigenvalues.ts';
import { fromRows } from '../core/linalg/matrix.ts';
import type { RunResult } from '../core/run-result.ts';
import { readRelationship } from '../config/relationship-file.ts';
import { FIGURE_KINDS, type FigureKind, type RunRecord } from '../figures/run-figures.ts';
import type { Spectrum } from '../figures/spectrum.ts';
import { readEvents } from './fault-record.ts';
import { runTimeline } from './run-timeline.ts';

/** `directory`: where the run is now; a result keeps where it was. Read is only what the kinds of figures ask for. */
export function runRecord(result: RunResult, directory: string, planned: FaultPlan, kinds: readonly FigureKind[] = FIGURE_KINDS): RunRecord {
  return {
    result,
    spectra: kinds.includes('spectrum') ? spectraIn(join(directory, 'relationship')) : [],
    timeline: kinds.includes('timeline') ? runTimeline(readEvents(directory), planned, result.agents.names) : null,
  };
}

/** By version. A truth that stays is taken apart once. */
function spectraIn(directory: string): Spectrum[] {
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => /^v\d+\.json$/.test(name)) : [];
  const ofTruths = new Map<string, readonly number[]>();
  const all = files.map((name) => {
    const { version, kind, estimator, spectrum, truth } = readRelationship(join(directory, name), (path) => readFileSync(path, 'utf8')).file;
    return { version, kind, estimator, values: spectrum, truth: kind === 'precision' && truth !== null ? truthSpectrum(truth, ofTruths) : null };
  });
  return all.sort((a, b) => a.version - b.version);
}

function truthSpectrum(truth: readonly (readonly number[])[], known: Map<string, readonly number[]>): readonly number[] {
  const key = JSON.stringify(truth);
  const values = known.get(key) ?? Array.from(symmetricEigenvalues(fromRows(truth)));
  known.set(key, values);
  return values;
}
