/**
 * The folder that `kindred deploy` writes: it may be written again for the same experiment, and then keeps its run and its
 * token; whatever else is in the way is left alone. deployment.json says what was written, so that nothing stale stays.
 * Secrets and tables are for the containers' user only, who also owns the run directory.
 */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RUN_PATH, TOKEN_PATH } from '../deploy/deployment.ts';
import { KindredError } from '../core/errors.ts';
import { writing } from './run-files.ts';
import { makeToken } from './token-file.ts';

/** What makes two deployments the same one. */
export interface Identity {
  readonly kind: 'compose' | 'swarm';
  /** Of the experiment. */
  readonly hash: string;
}

export interface WrittenFile {
  readonly path: string;
  readonly text: string;
  /** Read by containers only. */
  readonly isPrivate: boolean;
}

interface Mark extends Identity {
  readonly runId: string;
  readonly files: readonly string[];
}

const MARK = 'deployment.json';
const OWNER_ONLY = 0o600;
/** Nobody's on a usual system: what containers run as when root writes their files. */
const UNPRIVILEGED = 65_532;

/** uid:gid of the containers: whoever calls the command, but never root. */
export function containerUser(uid = process.getuid?.() ?? 0, gid = process.getgid?.() ?? 0): string {
  return uid === 0 ? `${UNPRIVILEGED}:${UNPRIVILEGED}` : `${uid}:${gid}`;
}

/** The run that the folder is for already, if it is for the same. Throws OUTPUT_NOT_EMPTY. */
export function knownRun(directory: string, { kind, hash }: Identity): string | undefined {
  const mark = readMark(directory);
  if (mark === undefined) return undefined;
  if (mark.kind === kind && mark.hash === hash) return mark.runId;
  const run = join(directory, RUN_PATH);
  if (!existsSync(run) || readdirSync(run).length === 0) return undefined;
  throw new KindredError('OUTPUT_NOT_EMPTY', `it holds the run ${mark.runId} of another experiment or engine`, { where: directory });
}

export function writeFolder(directory: string, identity: Identity, runId: string, files: readonly WrittenFile[]): void {
  const stale = readMark(directory)?.files.filter((path) => !files.some((file) => file.path === path)) ?? [];
  const mark: Mark = { ...identity, runId, files: files.map(({ path }) => path) };
  writing(directory, () => {
    mkdirSync(join(directory, dirname(TOKEN_PATH)), { recursive: true, mode: 0o700 });
    mkdirSync(join(directory, RUN_PATH), { recursive: true });
    writeFileSync(join(directory, MARK), `${JSON.stringify(mark, null, 1)}\n`);
    for (const path of stale) rmSync(join(directory, path), { force: true });
    for (const file of files) writeOne(directory, file);
  });
  makeToken(join(directory, TOKEN_PATH));
  writing(directory, () => giveAway(directory, [TOKEN_PATH, RUN_PATH, ...files.filter(({ isPrivate }) => isPrivate).map(({ path }) => path)]));
}

function writeOne(directory: string, { path, text, isPrivate }: WrittenFile): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, isPrivate ? { mode: OWNER_ONLY } : {});
  if (isPrivate) chmodSync(file, OWNER_ONLY);
}

/** What root wrote belongs to the containers' user. */
function giveAway(directory: string, paths: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  for (const path of paths) chownSync(join(directory, path), UNPRIVILEGED, UNPRIVILEGED);
}

function readMark(directory: string): Mark | undefined {
  if (!existsSync(directory) || readdirSync(directory).length === 0) return undefined;
  const file = join(directory, MARK);
  if (!existsSync(file)) throw new KindredError('OUTPUT_NOT_EMPTY', 'it holds files that `kindred deploy` did not write', { where: directory });
  return JSON.parse(readFileSync(file, 'utf8')) as Mark;
}
