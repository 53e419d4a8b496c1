/** The project's own texts: its markdown, and its sources by room. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project.ts';

/** Built, installed or left behind by runs. */
const NOT_OURS = new Set(['node_modules', 'dist', 'build', 'runs', 'generated']);

/** Files below `folder` with this ending, relative to the project. */
export function filesOf(ending: string, folder = '.'): string[] {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') || NOT_OURS.has(entry.name) ? [] : filesOf(ending, path);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

export function textOf(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}
