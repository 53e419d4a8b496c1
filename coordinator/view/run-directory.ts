/**
 * A run's directory as it grows: what is new of its events is read at every look, and whatever did not change is the same
 * object as before.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment } from '../../config/experiment.ts';
import type { RelationshipFile } from '../../config/relationship-file.ts';
import { KindredError } from '../../core/errors.ts';
import type { RunEvent } from '../../core/run-event.ts';
import type { RunResult } from '../../core/run-result.ts';
import type { Typed } from '../../figures/reproduce.ts';
import { JsonLines } from './json-lines.ts';
import type { AgentMetrics } from './recorded-arms.ts';

export interface RecordedRun {
  readonly runId: string;
  readonly startedMs: number;
  readonly experiment: Experiment;
  readonly events: readonly RunEvent[];
  readonly relationships: readonly RelationshipFile[];
  /** Of its end, or of the end of an earlier try. */
  readonly result: RunResult | undefined;
  readonly typed: Typed | undefined;
  /** Of the arms that ended. */
  readonly metrics: readonly AgentMetrics[];
}

export class RunDirectory {
  readonly #path: string;
  readonly #runId: string;
  readonly #files = new Map<string, { readonly stamp: string; readonly content: unknown }>();
  readonly #events: JsonLines<RunEvent>;
  readonly #metrics: JsonLines<AgentMetrics>;
  #relationships: readonly RelationshipFile[] = [];

  constructor(path: string, runId: string) {
    this.#path = path;
    this.#runId = runId;
    this.#events = new JsonLines(join(path, 'events.jsonl'));
    this.#metrics = new JsonLines(join(path, 'metrics.jsonl'));
  }

  /** Throws RUN_UNKNOWN where there is no experiment in it, or a file is damaged. */
  look(): RecordedRun {
    const experiment = this.#json<Experiment>('experiment.json');
    if (experiment === undefined) throw new KindredError('RUN_UNKNOWN', 'there is no experiment.json in it', { where: this.#path });
    if (!('cooperate' in experiment)) throw new KindredError('RUN_UNKNOWN', 'its experiment.json is of another version of Kindred', { where: this.#path });
    const events = this.#events.look();
    return {
      runId: this.#runId,
      startedMs: events.length > 0 ? Date.parse(events[0].at) : statSync(join(this.#path, 'experiment.json')).mtimeMs,
      experiment,
      events,
      relationships: this.#readRelationships(),
      result: this.#json<RunResult>('run.json'),
      typed: this.#json<Typed>('command.json'),
      metrics: this.#metrics.look(),
    };
  }

  /** Read again only when it was written again. */
  #json<T>(name: string): T | undefined {
    const path = join(this.#path, name);
    if (!existsSync(path)) return undefined;
    const { mtimeMs, size, ino } = statSync(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    const known = this.#files.get(name);
    if (known?.stamp === stamp) return known.content as T;
    const content = parsed<T>(path);
    this.#files.set(name, { stamp, content });
    return content;
  }

  #readRelationships(): readonly RelationshipFile[] {
    const folder = join(this.#path, 'relationship');
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
    if (names.length === this.#relationships.length) return this.#relationships;
    this.#relationships = names.sort().map((name) => this.#json<RelationshipFile>(join('relationship', name))!);
    return this.#relationships;
  }
}

function parsed<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (cause) {
    throw new KindredError('RUN_UNKNOWN', 'the file is damaged: it is not JSON', { where: path, cause });
  }
}
