/** What a module of one's own hands over has the names that the platform asks for: a slip is named, not found out later. */
import { KindredError } from '../core/errors.ts';
import { nearest } from './did-you-mean.ts';

export interface Keys {
  readonly needed: readonly string[];
  readonly optional: readonly string[];
}

export const CARD_KEYS = {
  problem: { needed: ['summary'], optional: ['options', 'measure', 'table', 'stream'] },
  strategy: { needed: ['summary', 'cooperatesOver', 'usesEta', 'start'], optional: ['learns', 'options'] },
  estimator: { needed: ['summary', 'estimate'], optional: ['options'] },
} as const satisfies Record<string, Keys>;

export const TABLE_KEYS: Keys = { needed: ['dimension', 'loss', 'gradient'], optional: ['ownParameters', 'error', 'refuseTarget'] };
export const STREAM_KEYS: Keys = { needed: ['dimension', 'sample', 'loss', 'gradient'], optional: ['truth', 'evaluate'] };

/** Names beside these are its own business, unless one looks like a slip. Throws MODULE_INVALID. */
export function checkKeys(what: string, value: unknown, { needed, optional }: Keys, where: string): void {
  if (typeof value !== 'object' || value === null) throw new KindredError('MODULE_INVALID', `${what} is ${String(value)}, no object`, { where });
  const known = [...needed, ...optional];
  const own = Object.keys(value).filter((key) => !known.includes(key));
  for (const key of known) {
    if (key in value) continue;
    const slip = nearest(key, own);
    if (slip !== undefined) throw new KindredError('MODULE_INVALID', `${what} has "${slip}"; did you mean "${key}"?`, { where });
    if (needed.includes(key)) throw new KindredError('MODULE_INVALID', `${what} has no ${key}`, { where });
  }
}
