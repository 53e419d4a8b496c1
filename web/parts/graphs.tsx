/** The learned relationship beside the true one, agents at the same places; any version of it; as graphs or as matrices. */
import { useMemo, useState } from 'preact/hooks';
import type { Matrix, RelationshipView, RunView } from '../../core/run-view.ts';
import { formatNumber, formatPercent } from '../../figures/format.ts';
import { drawnLinks, linksOf } from '../../figures/links.ts';
import { inks } from '../drawing/ink.ts';
import { useDark, useWidth } from '../hooks.ts';
import { createCamera } from '../model/camera.ts';
import { graphPicture, type GraphPicture } from '../model/graph-picture.ts';
import { Card } from './card.tsx';
import { Choice } from './choice.tsx';
import { GraphCanvas } from './graph-canvas.tsx';
import { GraphWords } from './graph-words.tsx';
import { MatrixCanvas } from './matrix-canvas.tsx';

type Look = 'graph' | 'matrix';

const SIZE_MAX = 460;
/** More agents need more room. */
const SIZE_MAX_OF_MANY = 640;
const MANY = 40;
const GAP = 16;

export function Graphs({ view }: { view: RunView }) {
  const [look, setLook] = useState<Look>('graph');
  const [wanted, setWanted] = useState<number | null>(null);
  const { relationships, truth } = view;
  const shown = relationships.find(({ version }) => version === wanted) ?? relationships.at(-1);
  const choice = <Choice label="Show relationships as" options={{ graph: 'Graph', matrix: 'Matrix' }} value={look} onChange={setLook} />;
  return (
    <Card id="graphs" title="Which tasks are related" wide={isWide(view)} aside={choice}>
      {relationships.length > 1 && shown !== undefined && <Versions relationships={relationships} shown={shown} choose={setWanted} />}
      {shown === undefined && truth === null && <p class="quiet">No relationship is known: it appears when the agents have explored.</p>}
      {shown !== undefined && <p class="quiet">{caption(shown)}</p>}
      {shown?.laplacian === null && <p>This relationship ({shown.kind}) is no graph: the agents share what their parameters have in common.</p>}
      <Pair
        names={view.peers.map(({ name }) => name)}
        learned={shown?.laplacian ?? null}
        relationship={shown}
        truth={truth}
        newest={newestOf(view)}
        look={look}
      />
    </Card>
  );
}

/** Its card and its neighbour's then take a whole row each. */
export function isWide({ peers }: RunView): boolean {
  return peers.length > MANY;
}

function newestOf({ relationships }: RunView): Matrix | null {
  return relationships.findLast(({ laplacian }) => laplacian !== null)?.laplacian ?? null;
}

function caption({ version, estimator, relativeError, contributors }: RelationshipView): string {
  const error = relativeError === null ? '' : `, relative error ${formatPercent(100 * relativeError).replace('+', '')}`;
  return `Version ${version}, learned by ${estimator} from ${contributors.length} agents${error}`;
}

interface VersionsProps {
  readonly relationships: readonly RelationshipView[];
  readonly shown: RelationshipView;
  readonly choose: (version: number | null) => void;
}

/** At its right end it stays with the newest. */
function Versions({ relationships, shown, choose }: VersionsProps) {
  const last = relationships.length - 1;
  const onInput = (event: { currentTarget: HTMLInputElement }): void => {
    const place = Number(event.currentTarget.value);
    choose(place === last ? null : relationships[place].version);
  };
  return (
    <label class="slider">
      Version {shown.version} of {relationships[last].version}
      <input type="range" min={0} max={last} value={relationships.indexOf(shown)} onInput={onInput} aria-valuetext={`version ${shown.version}`} />
    </label>
  );
}

interface PairProps {
  readonly names: readonly string[];
  readonly learned: Matrix | null;
  readonly relationship: RelationshipView | undefined;
  readonly truth: Matrix | null;
  readonly newest: Matrix | null;
  readonly look: Look;
}

function Pair({ names, learned, relationship, truth, newest, look }: PairProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<number | null>(null);
  const picture = useMemo(() => graphPicture(newest, truth), [newest, truth]);
  const camera = useMemo(createCamera, []);
  const both = learned !== null && truth !== null;
  const size = Math.min(names.length > MANY ? SIZE_MAX_OF_MANY : SIZE_MAX, both && width >= 520 ? Math.floor((width - GAP) / 2) : width);
  const contributors = relationship?.contributors;
  const shared = { names, picture, size, look, camera, pointed, onPoint: setPointed };
  return (
    <>
      <div ref={ref} class="pair">
        {learned !== null && <Picture {...shared} title="Learned" matrix={learned} contributors={contributors} />}
        {truth !== null && <Picture {...shared} title="True" matrix={truth} contributors={undefined} />}
      </div>
      {(learned ?? truth) !== null && <GraphWords {...{ names, learned, truth, look, pointed }} onReset={() => camera.reset()} />}
    </>
  );
}

interface PictureProps {
  readonly title: string;
  readonly matrix: Matrix;
  readonly contributors: readonly number[] | undefined;
  readonly names: readonly string[];
  readonly picture: GraphPicture;
  readonly size: number;
  readonly look: Look;
  readonly camera: ReturnType<typeof createCamera>;
  readonly pointed: number | null;
  readonly onPoint: (agent: number | null) => void;
}

function Picture({ title, matrix, contributors, names, picture, size, look, camera, pointed, onPoint }: PictureProps) {
  const dark = useDark();
  const { widest, smallest, places } = picture;
  const links = useMemo(() => drawnLinks(linksOf(matrix), smallest).drawn, [matrix, smallest]);
  const drawing = useMemo(() => {
    const absent = new Set(names.flatMap((_, agent) => (contributors === undefined || contributors.includes(agent) ? [] : [agent])));
    return { names, places, links, widest, absent, chosen: pointed, inks: inks(dark) };
  }, [names.join('\n'), places, links, widest, contributors, pointed, dark]);
  const share = useMemo(() => (row: number, column: number) => (row === column ? null : -matrix[row][column] / widest), [matrix, widest]);
  const label = `${title} ${look}: ${names.length} agents, ${links.length} links drawn, the strongest ${formatNumber(widest, 3)}`;
  return (
    <figure style={{ width: `${size}px` }}>
      <figcaption>{title}</figcaption>
      {size > 0 && look === 'graph' && <GraphCanvas {...{ label, size, drawing, camera, onPoint }} />}
      {size > 0 && look === 'matrix' && (
        <MatrixCanvas {...{ label, size, share }} agents={names.length} titles={['agent', 'agent']} onPoint={(cell) => onPoint(cell?.[0] ?? null)} />
      )}
    </figure>
  );
}
