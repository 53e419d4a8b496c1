/**
 * A relationship for other programs: JSON (the file itself), CSV of its edges (what `graph: { file }` reads), GraphML
 * (Gephi, networkx, igraph) and Matrix Market (SciPy, Julia, MATLAB; the symmetric matrix that stands for it).
 */
import type { StoredRelationship } from '../config/relationship-file.ts';
import { KindredError } from '../core/errors.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { laplacianEdges } from '../core/relationship/compare.ts';
import { kindFormat } from '../core/relationship/kinds.ts';

export const EXPORT_FORMATS = ['json', 'csv', 'graphml', 'mtx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Of an output by the end of its name. */
export function formatOf(output: string): ExportFormat | undefined {
  return EXPORT_FORMATS.find((format) => output.toLowerCase().endsWith(`.${format}`));
}

export function exported(stored: StoredRelationship, format: ExportFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(stored.file, null, 1)}\n`;
    case 'csv':
      return ['source,target,weight', ...edgesOf(stored).map((edge) => edge.join(','))].map((line) => `${line}\n`).join('');
    case 'graphml':
      return graphml(stored);
    case 'mtx':
      return matrixMarket(stored);
  }
}

function edgesOf({ relationship: { kind, laplacian } }: StoredRelationship): [number, number, number][] {
  if (laplacian === undefined) throw new KindredError('USAGE', `a ${kind} without a graph has no edges between agents; use json or mtx`);
  return laplacianEdges(laplacian);
}

/** What the reader of this output must know. */
export function exportNotes({ relationship: { laplacian } }: StoredRelationship, format: ExportFormat): string[] {
  const negative = laplacian === undefined ? 0 : laplacianEdges(laplacian).filter(([, , weight]) => weight < 0).length;
  if (format !== 'csv' || negative === 0) return [];
  return [
    `${negative} ${negative === 1 ? 'edge is' : 'edges are'} of negative weight: it cannot be a \`graph: { file }\`; give the relationship itself: \`relationship: { file }\``,
  ];
}

function graphml(stored: StoredRelationship): string {
  const { agentNames, contributors, inputs, estimator, version } = stored.file;
  const nodes = agentNames.map(
    (name, k) => `  <node id="${k}"><data key="name">${escaped(name)}</data><data key="contributed">${contributors.includes(k)}</data></node>`,
  );
  const edges = edgesOf(stored).map(([k, l, weight]) => `  <edge source="${k}" target="${l}"><data key="weight">${weight}</data></edge>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- v${version} of run ${escaped(inputs.run).replaceAll('--', '- -')}, by ${escaped(estimator)} -->`,
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ' <key id="name" for="node" attr.name="name" attr.type="string"/>',
    ' <key id="contributed" for="node" attr.name="contributed" attr.type="boolean"/>',
    ' <key id="weight" for="edge" attr.name="weight" attr.type="double"/>',
    ' <graph id="relationship" edgedefault="undirected">',
    ...nodes,
    ...edges,
    ' </graph>',
    '</graphml>',
    '',
  ].join('\n');
}

/** Coordinates, counted from 1, of the lower triangle: what the format asks of a symmetric matrix. */
function matrixMarket({ file, relationship }: StoredRelationship): string {
  const matrix = kindFormat(relationship.kind).matrix(relationship);
  const entries = lowerTriangle(matrix);
  return [
    '%%MatrixMarket matrix coordinate real symmetric',
    `% ${file.kind} v${file.version} of run ${file.inputs.run}, by ${file.estimator}`,
    `${matrix.rows} ${matrix.rows} ${entries.length}`,
    ...entries.map((entry) => entry.join(' ')),
    '',
  ].join('\n');
}

function lowerTriangle({ rows, data }: Matrix): [number, number, number][] {
  const entries: [number, number, number][] = [];
  for (let l = 0; l < rows; l++) for (let k = l; k < rows; k++) if (data[k * rows + l] !== 0) entries.push([k + 1, l + 1, data[k * rows + l]]);
  return entries;
}

function escaped(text: string): string {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  // Control characters are no XML, not even written as numbers.
  return plain.replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}');
}
