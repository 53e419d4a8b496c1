/**
 * What the form of faults says, as an entry of the section `faults` of an experiment file, and that entry as YAML. The server
 * judges what is right: here only what was left empty is left out.
 */
export type FaultKind = 'link' | 'cut' | 'partition' | 'pause' | 'kill';

export interface FaultForm {
  readonly kind: FaultKind;
  /** Both ends, or 'all'. */
  readonly from: string;
  readonly to: string;
  readonly bothWays: boolean;
  /** As typed: milliseconds, per cent, kilobytes a second. */
  readonly delay: string;
  readonly jitter: string;
  readonly loss: string;
  readonly bandwidth: string;
  /** "0-4 | 5-9" */
  readonly groups: string;
  readonly agent: string;
  /** Seconds; empty: it stays dead. */
  readonly restartAfter: string;
  /** Empty: until it is cleared. */
  readonly duration: string;
  readonly unit: 's' | 'rounds';
}

export type FaultEntry = Readonly<Record<string, unknown>>;

export function emptyForm(agents: number): FaultForm {
  const half = Math.max(1, Math.floor(agents / 2));
  const group = (from: number, to: number): string => (from < to ? `${from}-${to}` : String(from));
  return {
    kind: 'link',
    from: '0',
    to: '1',
    bothWays: true,
    delay: '100',
    jitter: '',
    loss: '',
    bandwidth: '',
    groups: `${group(0, half - 1)} | ${group(half, agents - 1)}`,
    agent: '0',
    restartAfter: '5',
    duration: '10',
    unit: 's',
  };
}

export function entryOf(form: FaultForm): FaultEntry {
  return { ...actionOf(form), ...(form.kind === 'kill' ? {} : durationOf(form)) };
}

function durationOf({ duration, unit }: FaultForm): FaultEntry {
  const text = duration.trim();
  return text === '' ? {} : { for: unit === 's' ? `${text}s` : `${text} rounds` };
}

function actionOf(form: FaultForm): FaultEntry {
  switch (form.kind) {
    case 'link':
      return {
        link: linkOf(form),
        ...given('delay', form.delay, 'ms'),
        ...given('jitter', form.jitter, 'ms'),
        ...given('loss', form.loss, '%'),
        ...given('bandwidth', form.bandwidth, 'kB/s'),
      };
    case 'cut':
      return { link: linkOf(form), blackhole: true };
    case 'partition':
      return { partition: form.groups.split('|').map(membersOf) };
    case 'pause':
      return { pause: partyOf(form.agent) };
    case 'kill':
      return { kill: partyOf(form.agent), ...given('restartAfter', form.restartAfter, 's') };
  }
}

function given(key: string, text: string, unit: string): FaultEntry {
  return text.trim() === '' ? {} : { [key]: `${text.trim()}${unit}` };
}

function linkOf({ from, to, bothWays }: FaultForm): string {
  return from === 'all' ? 'all' : `${from}${bothWays ? '<->' : '->'}${to}`;
}

function membersOf(group: string): (number | string)[] {
  const members = group.split(/[\s,]+/).filter((member) => member !== '');
  return members.map(partyOf);
}

function partyOf(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** One line of the section `faults`. */
export function yamlOf(entry: FaultEntry): string {
  const pairs = Object.entries(entry).map(([key, value]) => `${key}: ${scalar(value)}`);
  return `- { ${pairs.join(', ')} }`;
}

/** A string in quotes unless it cannot be taken for anything else: JSON's are YAML's too. */
function scalar(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  if (typeof value === 'string' && /^(\d+([.]\d+)?(ms|s|%| rounds)|all|coordinator)$/.test(value)) return value;
  return JSON.stringify(value);
}
