/** The graphs in words: what line and colour mean, whom the agent pointed at is related to, the strongest links as a table. */
import type { Matrix } from '../../core/run-view.ts';
import { formatNumber } from '../../figures/format.ts';
import { linksOf } from '../../figures/links.ts';
import { strongestLinks } from '../model/graph-picture.ts';

const LISTED = 15;
const TOLD = 4;

interface GraphWordsProps {
  readonly names: readonly string[];
  readonly learned: Matrix | null;
  readonly truth: Matrix | null;
  readonly look: 'graph' | 'matrix';
  readonly pointed: number | null;
  readonly onReset: () => void;
}

export function GraphWords({ names, learned, truth, look, pointed, onReset }: GraphWordsProps) {
  const matrix = learned ?? truth!;
  return (
    <>
      <p class="key">
        <span class={`swatch ${look}`} aria-hidden="true" /> related: the {look === 'graph' ? 'wider' : 'stronger'}, the more{' '}
        {hasNegative([learned, truth]) && (
          <>
            <span class={`swatch negative ${look}`} aria-hidden="true" /> negative weight ({look === 'graph' ? 'dashed' : 'with a dot'}){' '}
          </>
        )}
        {look === 'graph' && (
          <button type="button" class="plain" onClick={onReset}>
            Show all
          </button>
        )}
      </p>
      <p class="pointed" aria-live="polite">
        {pointed === null
          ? `Point at an agent${look === 'graph' ? ', or press n in the picture,' : ''} to see whom it is related to${look === 'graph' ? '; drag to move' : ''}. Numbers are those of the table of agents.`
          : relatedText(names, matrix, pointed)}
      </p>
      {learned !== null && <StrongestLinks names={names} learned={learned} truth={truth} />}
    </>
  );
}

function hasNegative(matrices: readonly (Matrix | null)[]): boolean {
  return matrices.some((matrix) => matrix !== null && linksOf(matrix).some(({ weight }) => weight < 0));
}

function relatedText(names: readonly string[], matrix: Matrix, agent: number): string {
  const others = matrix[agent].map((value, other) => ({ other, weight: -value })).filter(({ other, weight }) => other !== agent && weight !== 0);
  const strongest = others.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, TOLD);
  const told = strongest.map(({ other, weight }) => `${names[other]} (${formatNumber(weight, 3)})`);
  return `Agent ${names[agent]}: ${told.length === 0 ? 'related to nobody' : `most related to ${told.join(', ')}`}`;
}

function StrongestLinks({ names, learned, truth }: { names: readonly string[]; learned: Matrix; truth: Matrix | null }) {
  return (
    <details>
      <summary>The strongest links in numbers</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Agents</th>
            <th scope="col">Learned weight</th>
            {truth !== null && <th scope="col">True weight</th>}
          </tr>
        </thead>
        <tbody>
          {strongestLinks(learned, truth, LISTED).map(({ i, j, learned: weight, truth: real }) => (
            <tr key={`${i} ${j}`}>
              <th scope="row">
                {names[i]} – {names[j]}
              </th>
              <td class="number">{formatNumber(weight, 3)}</td>
              {real !== null && <td class="number">{formatNumber(real, 3)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
