/** Numbers as a reader sees them. What is missing or not finite is shown as a dash, never as NaN. */

export const MISSING = '–';

type Maybe = number | null | undefined;

export function isNumber(value: Maybe): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Significant digits without a trailing exponent where a person would not write one: 0.2565, 12.3, 4,500, 1.2e-7. */
export function formatNumber(value: Maybe, digits = 4): string {
  if (!isNumber(value)) return MISSING;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return minus(value.toExponential(digits - 1).replace('e+', 'e'));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return minus(grouped(value.toFixed(Math.min(decimals, 20))));
}

/** 0.194, or 0.1940 ± 0.0031: half of an interval to two digits, the mean to as many places. */
export function formatEstimate(one: { readonly mean: number; readonly half: number | null } | null, digits = 3): string {
  if (one === null || !isNumber(one.half) || !(one.half > 0) || one.mean === 0) return formatNumber(one?.mean, digits);
  const shown = 2 + Math.floor(Math.log10(Math.abs(one.mean))) - Math.floor(Math.log10(one.half));
  return `${formatNumber(one.mean, Math.max(1, shown))} ± ${formatNumber(one.half, 2)}`;
}

export function formatCount(value: Maybe): string {
  return isNumber(value) ? minus(grouped(value.toFixed(0))) : MISSING;
}

/** Always with its sign: +24.6 %. */
export function formatPercent(value: Maybe, decimals = 1): string {
  if (!isNumber(value)) return MISSING;
  const text = Math.abs(value) >= 1e6 ? value.toExponential(1).replace('e+', 'e') : value.toFixed(decimals);
  const isZero = Number(text) === 0;
  return `${isZero ? '' : value > 0 ? '+' : '−'}${grouped(text.replace('-', ''))} %`;
}

export function formatBytes(value: Maybe): string {
  if (!isNumber(value)) return MISSING;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${power === 0 ? value.toFixed(0) : (value / 1000 ** power).toPrecision(3)} ${units[power]}`;
}

export function formatDuration(ms: Maybe): string {
  if (!isNumber(ms)) return MISSING;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const thousands = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') : whole;
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

function minus(text: string): string {
  return text.replace(/^-/, '−');
}
