/** The enumerations of wire.proto by name: the index is the number on the wire, so that entries are only ever appended. */
import type { LocalView, RoundsKind } from './messages.ts';

export const VIEW_KINDS = ['none', 'edges', 'mean'] as const satisfies readonly LocalView['kind'][];
export const ROUNDS_KINDS = ['bsp', 'bounded', 'async'] as const satisfies readonly RoundsKind[];
