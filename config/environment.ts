/** `${NAME}` inside the strings of an experiment file, replaced from the environment. */
import type { Complaint, Path } from './complaints.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** A copy with every reference replaced; a variable that is not set, or empty, becomes a complaint that names it. */
export function replaceEnvironment(value: unknown, environment: Environment, complaints: Complaint[], path: Path = []): unknown {
  if (typeof value === 'string') return replaceInText(value, environment, complaints, path);
  if (Array.isArray(value)) return value.map((item, i) => replaceEnvironment(item, environment, complaints, [...path, i]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceEnvironment(item, environment, complaints, [...path, key])]));
}

function replaceInText(text: string, environment: Environment, complaints: Complaint[], path: Path): string {
  return text.replace(REFERENCE, (reference, name: string) => {
    const found = environment[name];
    if (found !== undefined && found !== '') return found;
    complaints.push({ code: 'CONFIG_ENVIRONMENT', path, message: `the environment variable ${name} is not set` });
    return reference;
  });
}
