/** A relationship, and the difference of two, in plain words. */
import { isOfAnybody } from '../config/given-relationship.ts';
import type { RelationshipFile, StoredRelationship } from '../config/relationship-file.ts';
import { laplacianEdges } from '../core/relationship/compare.ts';
import type { EdgeChange, RelationshipDifference } from '../core/relationship/difference.ts';
import { kindFormat } from '../core/relationship/kinds.ts';
import { formatNumber, formatTable } from './table.ts';

const SHOWN_MAX = 15;
/** Of the largest: below it an eigenvalue is 0 but for rounding. */
const ZERO_RELATIVE = 1e-10;

export function relationshipText(stored: StoredRelationship): string {
  const parts = [
    identity(stored.file),
    learnedFrom(stored.file),
    quality(stored.file),
    ['subspace', 'groups'].includes(stored.relationship.kind) ? undefined : spectrum(stored.file),
    parameters(stored),
    directions(stored),
    correlations(stored),
    groups(stored),
    edges(stored),
    notes(stored.file),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

function identity({ version, kind, agents, estimator, options, inputs, given, digest }: RelationshipFile): string {
  const chosen = Object.entries(options).map(([name, value]) => ` ${name}=${value}`);
  const from = given === null ? [] : [`not learned here: given as v${given.version} of run ${given.run} (${given.digest.slice(0, 12)})`];
  return [
    `relationship v${version} of run ${inputs.run} (${inputs.experiment}, seed ${inputs.seed})`,
    `${kind} among ${agents} agents: ${kindFormat(kind).meaning}`,
    `learned by ${estimator}${chosen.join('')}; digest ${digest.slice(0, 12)}`,
    ...from,
  ].join('\n');
}

function learnedFrom(file: RelationshipFile): string {
  const { inputs } = file;
  const evidence = inputs.evidence.length === 0 ? '' : `: their ${inputs.evidence.join(' and ')}`;
  const size = inputs.dimension === null ? '' : `, ${inputs.dimension} coordinates each`;
  const known = inputs.noise?.filter((noise) => noise !== null) ?? [];
  const noise = known.length === 0 ? '' : `; noise of an estimate ${formatNumber(Math.min(...known))} to ${formatNumber(Math.max(...known))} per coordinate`;
  return `learned from ${whose(file)}${evidence}${size}${noise}\nproblem: ${inputs.problem.kind}`;
}

/** One that was given may be of more agents than the run has that wrote the file. */
function whose({ agents, contributors, missing, agentNames, given, kind }: RelationshipFile): string {
  if (contributors.length === 0) return 'other agents';
  const without = missing.length === 0 ? '' : `, without ${missing.map((k) => agentNames[k]).join(', ')}`;
  if (given !== null && isOfAnybody(kind)) return `agents of an earlier run, ${contributors.length} of these ${agents} among them${without}`;
  return `${missing.length === 0 ? 'all' : `${contributors.length} of`} ${agents} agents${without}`;
}

function quality({ expectedError, relativeError }: RelationshipFile): string | undefined {
  const expected =
    expectedError === null
      ? []
      : [
          `expected relative error ${formatNumber(expectedError.total)}: ${formatNumber(expectedError.finiteSample)} from so few coordinates, ${formatNumber(expectedError.bias)} from noise that is not corrected`,
        ];
  const measured = relativeError === null ? [] : [`measured against the truth ${formatNumber(relativeError)}`];
  return expected.length + measured.length === 0 ? undefined : [...expected, ...measured].join('\n');
}

function spectrum({ spectrum: values, kind }: RelationshipFile): string {
  const largest = Math.max(...values.map(Math.abs));
  const shown = values.length <= SHOWN_MAX ? values : [...values.slice(0, 3), ...values.slice(-3)];
  const text = shown.map((value) => (Math.abs(value) <= ZERO_RELATIVE * largest ? '0' : formatNumber(value)));
  if (values.length > SHOWN_MAX) text.splice(3, 0, '...');
  const zeros = values.filter((value) => Math.abs(value) <= ZERO_RELATIVE * largest).length;
  const parts = kind === 'precision' ? ` (${zeros} ${zeros === 1 ? 'zero: connected' : 'zeros: so many parts without an edge between them'})` : '';
  return `eigenvalues of the ${kind === 'prior' ? 'covariance between agents' : kind === 'covariance' ? 'covariance' : 'Laplacian'}: ${text.join(' ')}${parts}`;
}

/** What agents have in common and how they differ. An intercept, where there is one, comes first. */
function parameters({ file: { inputs }, relationship }: StoredRelationship): string | undefined {
  if (relationship.kind !== 'prior') return undefined;
  const { mean, covariance } = relationship.prior;
  const { features, standardize } = inputs.problem;
  const names = Array.isArray(features) && features.length === mean.length - 1 ? ['intercept', ...features.map(String)] : [];
  const units = standardize === undefined || standardize === 'none' ? 'as the table has them' : `standardised (${String(standardize)})`;
  const rows = Array.from(mean, (value, d) => [
    names[d] ?? `parameter ${d}`,
    formatNumber(value),
    formatNumber(Math.sqrt(Math.max(0, covariance.data[d * mean.length + d]))),
  ]);
  const columns = [
    { title: 'parameter' },
    { title: 'mean of agents', align: 'right' },
    { title: 'standard deviation between agents', align: 'right' },
  ] as const;
  return `${mean.length} parameters; units: ${units}\n${formatTable(columns, rows)}`;
}

/** What the shared directions are made of, the features with the largest share first. */
function directions({ file: { inputs }, relationship }: StoredRelationship): string | undefined {
  if (relationship.kind !== 'subspace') return undefined;
  const { rows: d, cols: k, data } = relationship.basis;
  const { features } = inputs.problem;
  const names = Array.isArray(features) && features.length === d ? features.map(String) : [];
  const all = Array.from({ length: d }, (_, j) => ({ name: names[j] ?? `feature ${j}`, entries: Array.from(data.subarray(j * k, (j + 1) * k)) }));
  const share = (entries: readonly number[]): number => entries.reduce((sum, entry) => sum + entry ** 2, 0);
  const shown = all.sort((a, b) => share(b.entries) - share(a.entries)).slice(0, SHOWN_MAX);
  const columns = [
    { title: 'feature' },
    ...['in the subspace', ...Array.from({ length: k }, (_, c) => `direction ${c + 1}`)].map((title) => ({ title, align: 'right' }) as const),
  ];
  const rows = shown.map(({ name, entries }) => [name, `${(100 * share(entries)).toFixed(0)} %`, ...entries.map((entry) => formatNumber(entry))]);
  const rest = d > SHOWN_MAX ? `\n... and ${d - SHOWN_MAX} features with smaller shares; --json lists all` : '';
  return `${k} ${k === 1 ? 'direction' : 'directions'} of ${d} features\n${formatTable(columns, rows)}${rest}`;
}

/** Whose parameters go together, the strongest correlations first; of one that has no variance there is none. */
function correlations({ file, relationship }: StoredRelationship): string | undefined {
  if (relationship.kind !== 'covariance') return undefined;
  const { rows: size, data } = relationship.covariance;
  const deviation = Array.from({ length: size }, (_, k) => Math.sqrt(Math.max(0, data[k * (size + 1)])));
  const pairs = deviation.flatMap((one, k) =>
    deviation.slice(0, k).flatMap((other, l) => (one * other === 0 ? [] : [{ k: l, l: k, correlation: data[k * size + l] / (one * other) }])),
  );
  const shown = pairs.sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation)).slice(0, SHOWN_MAX);
  const rows = shown.map(({ k, l, correlation }) => [file.agentNames[k], file.agentNames[l], formatNumber(correlation, 3)]);
  const columns = [{ title: 'agent' }, { title: 'agent' }, { title: 'correlation', align: 'right' }] as const;
  const spread = `standard deviation of an agent's parameters ${formatNumber(Math.min(...deviation))} to ${formatNumber(Math.max(...deviation))}`;
  const rest = pairs.length > SHOWN_MAX ? `\n... and ${pairs.length - SHOWN_MAX} weaker ones; --json lists all covariances` : '';
  return `${spread}\n${formatTable(columns, rows)}${rest}`;
}

/** By name, each with its members; an agent in several is marked in those that only have its help. */
function groups({ file: { agentNames }, relationship }: StoredRelationship): string | undefined {
  if (relationship.kind !== 'groups') return undefined;
  const { groups: all, servedBy } = relationship;
  const rows = all.map((group, index) => [
    String(index + 1),
    String(group.length),
    group.map((agent) => `${agentNames[agent]}${servedBy[agent] === index ? '' : ' (helps)'}`).join(', '),
  ]);
  const columns = [{ title: 'group' }, { title: 'agents', align: 'right' }, { title: 'who' }] as const;
  const none = agentNames.filter((_, agent) => servedBy[agent] < 0);
  return `${formatTable(columns, rows)}${none.length === 0 ? '' : `\nin no group: ${none.join(', ')}`}`;
}

/** Those of groups say nothing more than the groups. */
function edges({ file, relationship: { kind, laplacian } }: StoredRelationship): string | undefined {
  if (laplacian === undefined || kind === 'groups') return undefined;
  const all = laplacianEdges(laplacian).sort((a, b) => Math.abs(b[2]) - Math.abs(a[2]));
  const rows = all.slice(0, SHOWN_MAX).map(([k, l, weight]) => [file.agentNames[k], file.agentNames[l], formatNumber(weight)]);
  const rest = all.length > SHOWN_MAX ? `\n... and ${all.length - SHOWN_MAX} weaker ones; kindred relationship export lists all` : '';
  const negative = all.filter(([, , weight]) => weight < 0).length;
  const signs = negative === 0 ? '' : `, ${negative} of them of negative sign`;
  const columns = [{ title: 'agent' }, { title: 'agent' }, { title: 'weight', align: 'right' }] as const;
  return `${all.length} edges of ${(file.agents * (file.agents - 1)) / 2} possible${signs}\n${formatTable(columns, rows)}${rest}`;
}

function notes({ diagnostics }: RelationshipFile): string | undefined {
  return diagnostics.length === 0 ? undefined : diagnostics.map(({ code, message }) => `note ${code}: ${message}`).join('\n');
}

export function nameOf({ version, inputs, estimator }: RelationshipFile): string {
  return `v${version} of run ${inputs.run}, by ${estimator}`;
}

export function differenceText(before: RelationshipFile, after: RelationshipFile, { relativeDifference, edges: changes }: RelationshipDifference): string {
  const head = [
    `from ${nameOf(before)}`,
    `to   ${nameOf(after)}`,
    `relative difference ${formatNumber(relativeDifference)} (||after - before|| / ||before||, Frobenius)`,
  ];
  if (changes === null) return head.join('\n');
  const { gained, lost, changed, unchanged } = changes;
  const counts = `edges: ${gained.length} gained, ${lost.length} lost, ${changed.length} changed, ${unchanged} equal`;
  const all = [...mark('gained', gained), ...mark('lost', lost), ...mark('changed', changed)].sort((a, b) => b.size - a.size);
  const rows = all
    .slice(0, SHOWN_MAX)
    .map(({ what, edge }) => [
      what,
      before.agentNames[edge.agents[0]],
      before.agentNames[edge.agents[1]],
      edge.before === 0 ? '-' : formatNumber(edge.before),
      edge.after === 0 ? '-' : formatNumber(edge.after),
    ]);
  const columns = [{ title: 'edge' }, { title: 'agent' }, { title: 'agent' }, { title: 'before', align: 'right' }, { title: 'after', align: 'right' }] as const;
  const rest = all.length > SHOWN_MAX ? `\n... and ${all.length - SHOWN_MAX} smaller changes; --json lists all` : '';
  return [...head, counts, ...(rows.length === 0 ? [] : ['', formatTable(columns, rows) + rest])].join('\n');
}

function mark(what: string, edges: readonly EdgeChange[]): { what: string; edge: EdgeChange; size: number }[] {
  return edges.map((edge) => ({ what, edge, size: Math.abs(edge.after - edge.before) }));
}
