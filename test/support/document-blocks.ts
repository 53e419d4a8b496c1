/**
 * The code blocks of the project's markdown, each with the orders in the invisible comment above it: how a test executes it.
 *   file: NAME             the block is this file               given: NAME = PATH     a copy of the project's file
 *   in: FILE [faults]      YAML: sections of this experiment, or its entries of `faults`
 *   first: COMMAND         typed before the block               meanwhile: COMMAND     a run that goes on beside it
 *   with: ARGS             added to a line                      not run: REASON        parsed only
 *   exit: N   says: TEXT   what a line must come to             until: TEXT            Ctrl-C once it says so
 * `first NAME:` and `meanwhile NAME:` call the run that is made NAME; the orders for a line may begin with what it begins with:
 * `with run examples/paper.yaml: --mode simulated`. An order that fits no line is a mistake.
 */
import { assert } from '../../core/errors.ts';

const KEYS = ['file', 'given', 'in', 'first', 'meanwhile', 'with', 'not run', 'exit', 'says', 'until'] as const;
export type OrderKey = (typeof KEYS)[number];

export interface Order {
  readonly key: OrderKey;
  /** A run's name, or the beginning of a line; '' for all. */
  readonly of: string;
  readonly value: string;
}

export interface Block {
  readonly language: string;
  readonly text: string;
  readonly orders: readonly Order[];
  /** In the file, from 1. */
  readonly line: number;
}

const BLOCK = /(?:^<!--(?:(?!-->)[\s\S])*-->\n\n?)?^( *)```(.*)\n([\s\S]*?)^ *```$/gm;
const COMMENT = /^<!--([\s\S]*?)-->/;
const ORDER = new RegExp(`^(${KEYS.join('|')})(?: ([^:]*))?: (.+)$`);

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(BLOCK)].map((match) => {
    const [whole, , language, block] = match;
    const comment = COMMENT.exec(whole)?.[1] ?? '';
    const line = text.slice(0, match.index + whole.indexOf('```')).split('\n').length;
    return { language: language.trim(), text: block, orders: ordersOf(comment), line };
  });
}

/** Comments that say something else are not ours; half of one is a mistake. */
function ordersOf(comment: string): Order[] {
  const lines = comment.split('\n').map((line) => line.trim());
  const orders = lines.filter((line) => line !== '').map((line) => ORDER.exec(line));
  if (orders.every((order) => order === null)) return [];
  return orders.map((order, i) => {
    assert(order !== null, `no order reads "${lines.filter((line) => line !== '')[i]}"`);
    return { key: order[1] as OrderKey, of: order[2] ?? '', value: order[3] };
  });
}

/** The lines of a block of commands, without comments, continued ones joined. */
export function commandsOf(text: string): string[] {
  const joined = text.replaceAll(/\s*\\\n\s*/g, ' ').split('\n');
  const bare = joined.map((line) => line.replaceAll(/("[^"]*"|'[^']*')|(?:^|\s)#.*$/g, (_, quoted?: string) => quoted ?? '').trim());
  return bare.flatMap((line) => line.split(' && ')).filter((line) => line !== '');
}

/** `npm run --silent kindred -- list` and `npx kindred list` are `kindred list`; `npm start` is `kindred demo`. */
export function asKindred(line: string): string {
  return line.replace(/^(npm run --silent kindred --|npx kindred)(?= |$)/, 'kindred').replace(/^npm start$/, 'kindred demo');
}

/** As a shell splits it: blanks separate, quotes hold together. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''));
}
