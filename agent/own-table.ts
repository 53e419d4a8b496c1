/**
 * An agent's own table, where its rows stay at home: read here, by nobody else.
 * What is wrong with it goes into the agent's own log. The coordinator is told the code and the place only: an error
 * message quotes cells.
 */
import { KindredError } from '../core/errors.ts';
import type { Rows } from '../core/problem/rows.ts';
import type { MlpTableJob, TableJob } from '../config/job.ts';
import { readOwnRows } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';

export interface OwnTable {
  readonly file: string;
  readonly readFile: ReadFile;
  /** Absent in a simulation, where there is nobody to withhold anything from. */
  readonly log?: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export function readOwnTable(job: TableJob | MlpTableJob, agent: number, { file, readFile, log }: OwnTable): Rows {
  try {
    return readOwnRows(job, job.names[agent], file, readFile);
  } catch (error) {
    if (!(error instanceof KindredError) || log === undefined) throw error;
    log('its table was refused', { code: error.code, detail: error.message });
    throw new KindredError(error.code, 'its own table was refused; its log says more', { where: placeOf(error, file) });
  }
}

/** Line and column, without the directories of the site. */
function placeOf({ where = '' }: KindredError, file: string): string {
  return `its table${where.startsWith(file) ? where.slice(file.length) : ''}`;
}
