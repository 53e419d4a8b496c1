/** `kindred relationship show|diff|export`: learned relationships as files, of a run or by their path. */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { readRelationship, type StoredRelationship } from '../config/relationship-file.ts';
import { convertedFile } from '../config/converted-relationship.ts';
import { KindredError } from '../core/errors.ts';
import type { RelationshipKind } from '../core/relationship/convert.ts';
import { RELATIONSHIP_KINDS } from '../core/relationship/kinds.ts';
import { relationshipDifference } from '../core/relationship/difference.ts';
import { EXPORT_FORMATS, exported, exportNotes, formatOf, type ExportFormat } from './relationship-export.ts';
import { differenceText, relationshipText } from './relationship-text.ts';
import { writing } from './run-files.ts';
import { findRun } from './stored-runs.ts';

const WHICH = 'a run id, the beginning of one, a run directory, each with @vN for an older version; or a relationship file';
const readFile = (path: string): string => readFileSync(path, 'utf8');

interface Common {
  readonly out: string;
  readonly json?: boolean;
}

type Write = (text: string) => void;

export function addRelationshipCommand(
  program: Command,
  write: Write = (text) => process.stdout.write(text),
  remark: Write = (text) => process.stderr.write(text),
): void {
  const group = program.command('relationship').description('show, compare and export learned relationships');
  const sub = (name: string, description: string): Command =>
    group.command(name).description(description).option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory);
  sub('show', 'what was learned, from what, how well, and what to doubt')
    .argument('<run>', WHICH)
    .option('--json', 'print the file')
    .addHelpText('after', '\nExample:\n  $ kindred relationship show runs/paper-7@v1')
    .action((name: string, { out, json }: Common) => {
      const stored = findRelationship(name, out);
      write(json === true ? `${JSON.stringify(stored.file, null, 1)}\n` : `${relationshipText(stored)}\n`);
    });
  sub('diff', 'how the second relationship differs from the first')
    .argument('<before>', WHICH)
    .argument('<after>', WHICH)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ kindred relationship diff runs/paper-7 runs/paper-8')
    .action((before: string, after: string, { out, json }: Common) => {
      const [one, other] = [before, after].map((name) => findRelationship(name, out));
      const difference = relationshipDifference(one.relationship, other.relationship);
      const named = { before: whichIs(before, out, one), after: whichIs(after, out, other), ...difference };
      write(json === true ? `${JSON.stringify(named)}\n` : `${differenceText(one.file, other.file, difference)}\n`);
    });
  sub('export', 'write it for other programs: JSON, CSV of edges, GraphML or Matrix Market')
    .argument('<run>', WHICH)
    .addOption(new Option('--format <format>', 'of the output; by default what the file name ends in, else json').choices(EXPORT_FORMATS))
    .addOption(new Option('--as <kind>', 'turned into this kind of relationship').choices(RELATIONSHIP_KINDS))
    .option('-o, --output <file>', 'where to write it; standard output by default')
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      '\nExamples:\n  $ kindred relationship export runs/paper-7 --format graphml -o graph.graphml\n  $ kindred relationship export runs/paper-7 --as covariance -o covariance.json',
    )
    .action((name: string, { out, as: kind, format, output, json }: Common & { as?: RelationshipKind; format?: ExportFormat; output?: string }) => {
      if (json === true && format !== undefined && format !== 'json') throw new KindredError('USAGE', '--json is --format json: give one of them');
      const wanted = json === true ? 'json' : (format ?? (output === undefined ? undefined : formatOf(output)) ?? 'json');
      const found = findRelationship(name, out);
      const stored = convertedFile(found, kind ?? found.relationship.kind);
      const text = exported(stored, wanted);
      const notes = [...stored.file.diagnostics.slice(found.file.diagnostics.length).map(({ message }) => message), ...exportNotes(stored, wanted)];
      for (const note of notes) remark(`note: ${note}\n`);
      if (output === undefined) write(text);
      else writing(output, () => writeFileSync(output, text));
    });
}

/** The relationship that is meant: RUN is the last version of a run, RUN@vN one of them, anything else a file. */
function findRelationship(name: string, directory: string): StoredRelationship {
  const path = pathOf(name, resolve(directory));
  const stored = readRelationship(path, readFile);
  const wanted = isFile(name) ? undefined : parted(name).version;
  if (wanted !== undefined && stored.file.version !== wanted)
    throw new KindredError('RELATIONSHIP_UNKNOWN', `there is no v${wanted}; the file is v${stored.file.version}`, { where: path });
  return stored;
}

function whichIs(name: string, directory: string, { file: { version, inputs } }: StoredRelationship): { file: string; run: string; version: number } {
  return { file: pathOf(name, resolve(directory)), run: inputs.run, version };
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function parted(name: string): { run: string; version?: number } {
  const [, run, version] = /^(.*?)(?:@v(\d+))?$/.exec(name)!;
  return version === undefined ? { run } : { run, version: Number(version) };
}

function pathOf(name: string, directory: string): string {
  if (isFile(name)) return name;
  const { run, version: wanted } = parted(name);
  if (run.endsWith('.json') || isFile(run)) return run;
  const { runId, directory: found } = findRun(run, directory);
  const versions = versionsIn(join(found, 'relationship'));
  const version = wanted ?? versions.at(-1);
  if (version === undefined) throw new KindredError('RELATIONSHIP_UNKNOWN', 'nothing was learned in it', { where: runId });
  if (!versions.includes(version)) {
    const there = versions.length === 0 ? 'nothing was learned in it' : `it has ${versions.map((one) => `v${one}`).join(', ')}`;
    throw new KindredError('RELATIONSHIP_UNKNOWN', `there is no v${version}; ${there}`, { where: runId });
  }
  return join(found, 'relationship', `v${String(version).padStart(4, '0')}.json`);
}

function versionsIn(directory: string): number[] {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.flatMap((name) => /^v(\d+)\.json$/.exec(name)?.slice(1).map(Number) ?? []).sort((a, b) => a - b);
}
