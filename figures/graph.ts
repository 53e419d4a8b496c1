/**
 * The learned task graph beside the true one, agents at the same places. A link's width and opacity are its
 * weight -L_kl on one scale; negative weights (positive off-diagonals of a pseudo-inverse) are dashed.
 */
import type { RunResult } from '../core/run-result.ts';
import { agentName } from './arms.ts';
import { formatEstimate, formatNumber, isNumber, plural } from './format.ts';
import { SCREEN, SMALL, emptySheet, figureSheet, label, marginOf, type Medium } from './frame.ts';
import { CIRCLE_AGENTS_MAX, keptApart, layoutAgents, type Point, type WeightedPair } from './layout.ts';
import { drawnLinks, linksOf, smallestDrawn, strongest, type Rows } from './links.ts';
import { fitsInside, nameList, radialLabels, type Area } from './node-labels.ts';
import { BLUE, GRID, INK, MUTED, NEGATIVE, PAPER, fill, stroke } from './palette.ts';
import { legendOf, type Legend } from './legend.ts';
import { runLine } from './run-line.ts';
import { estimate, meanRun } from './seeds.ts';
import { element, fitText, textWidth, type Child } from './svg.ts';
import { LINE, rule } from './axes.ts';

const ID = 'kindred-graph';
const TITLE = 'Which tasks are related';
/** More have no room for their numbers. */
const AGENTS_LABELLED_MAX = 100;
const LIST_ROW_HEIGHT = 27;

interface Picture {
  readonly names: readonly string[];
  readonly layout: readonly Point[];
  /** Weight of the widest link, and below which none is drawn. */
  readonly widest: number;
  readonly smallest: number;
}

interface Panel {
  readonly part: string;
  readonly heading: string;
  readonly note: string;
  readonly links: readonly WeightedPair[];
  readonly area: Area;
}

/** Of runs that differ in their seed only: the mean of what they learned. */
export function graphFigure(runs: readonly RunResult[], medium: Medium = SCREEN): string {
  const result = meanRun(runs);
  const relationship = result.relationship;
  if (relationship === null || relationship.laplacian === null) return emptySheet(ID, TITLE, 'This run has learned no graph of tasks.', medium);
  const laplacian = relationship.laplacian;
  const truth = relationship.truth?.length === laplacian.length ? relationship.truth : null;
  const picture = pictureOf(result, laplacian, truth);
  const panels = panelsOf(runs, picture, laplacian, truth, medium);
  const bottom = panels.at(-1)!.area.bottom;
  const list = isListed(picture.names) ? nameList(picture.names, bottom + 28, medium) : { content: null, height: 0 };
  const key = legend(panels, picture, bottom + 30 + list.height, medium);
  return figureSheet(
    { id: ID, medium, height: bottom + 28 + list.height + key.height, title: TITLE, subtitle: runLine(runs), description: description(panels, picture) },
    panels.map((panel) => drawPanel(panel, picture)),
    truth === null && !medium.isNarrow ? strongestList(panels[0], picture, medium) : null,
    list.content,
    key.content,
  );
}

/** Places come from the true graph where it is known. */
function pictureOf(result: RunResult, laplacian: Rows, truth: Rows | null): Picture {
  const graphs = [laplacian, ...(truth === null ? [] : [truth])].map(linksOf);
  const smallest = smallestDrawn(graphs, laplacian.length);
  const links = drawnLinks(graphs.at(-1)!, smallest).drawn;
  const names = laplacian.map((_, k) => agentName(result, k));
  return { names, layout: layoutAgents(names.length, links), widest: Math.max(...graphs.map(strongest)), smallest };
}

function panelsOf(runs: readonly RunResult[], picture: Picture, laplacian: Rows, truth: Rows | null, medium: Medium): Panel[] {
  const [result] = runs;
  const over = estimate(runs.map(({ relationship }) => relationship?.relativeError));
  const ofSeeds = runs.length > 1 ? `, mean of ${runs.length} seeds` : '';
  const heading = fitText(`learned (${drawnVersion(result)})${ofSeeds}`, 14, 380);
  const note = over !== null ? `relative error ${formatEstimate(over)}` : absentees(result, picture);
  const areas = areasOf(picture.names.length, truth === null, medium);
  const learned = { part: 'learned', heading, note, links: linksOf(laplacian), area: areas[0] };
  if (truth === null) return [learned];
  return [learned, { part: 'true', heading: `true${truthTime(result)}`, note: '', links: linksOf(truth), area: areas[1] }];
}

/** Beside each other, and below each other where it is narrow. Each has two lines of text on top. */
function areasOf(agents: number, isAlone: boolean, medium: Medium): Area[] {
  const isLarge = agents > CIRCLE_AGENTS_MAX;
  const size = (large: number, usual: number): number => (isLarge ? large : agents === 2 ? 148 : usual);
  if (medium.isNarrow) {
    const height = size(400, 330);
    const sides = { left: marginOf(medium), right: medium.width - marginOf(medium) };
    return [112, 112 + height + 58].map((top) => ({ ...sides, top, bottom: top + height }));
  }
  if (isAlone) return [{ left: 24, right: 560, top: 112, bottom: 112 + size(528, 398) }];
  const bottom = 112 + size(388, 358);
  return [
    { left: 24, right: 418, top: 112, bottom },
    { left: 442, right: 836, top: 112, bottom },
  ];
}

/** `v2, pinv`: of which version the links are, and by whom. */
function drawnVersion({ relationship }: RunResult): string {
  const { version, estimator, learned, laplacianVersion } = relationship!;
  const drawn = learned?.find((one) => one.version === laplacianVersion) ?? { version, estimator };
  return `v${drawn.version}, ${drawn.estimator}`;
}

/** Which truth: a version that was learned on is beside that of its own step. */
function truthTime({ relationship, problem }: RunResult): string {
  const at = problem?.changesAt;
  if (!isNumber(at)) return '';
  const step = relationship!.course?.at(-1)?.step ?? 0;
  return `, ${step >= at ? 'after' : 'before'} the change at step ${at}`;
}

/** They have no links, and that says nothing about them. */
function absentees(result: RunResult, { names }: Picture): string {
  const { contributors } = result.relationship!;
  const absent = names.filter((_, k) => !contributors.includes(k));
  return absent.length === 0 ? '' : fitText(`without ${absent.join(', ')}`, 12, 200);
}

function drawPanel(panel: Panel, picture: Picture): Child {
  const isInside = fitsInside(picture.names);
  const isCircle = picture.names.length <= CIRCLE_AGENTS_MAX;
  const radius = nodeRadius(picture.names, isInside);
  const spots = placed(picture.layout, panel.area, isCircle, isInside);
  const { left, right, top, bottom } = panel.area;
  const nodes = isCircle ? spots : keptApart(spots, 2 * radius + 1, left + radius, right - radius, top + radius, bottom - radius);
  const { drawn, dropped } = drawnLinks(panel.links, picture.smallest);
  const note = [panel.note, plural(drawn.length, 'link'), dropped > 0 ? `${dropped} weaker not drawn` : ''].filter((text) => text !== '');
  return element(
    'g',
    { 'data-part': panel.part },
    label(panel.area.left, panel.area.top - 28, panel.heading, INK, { 'font-size': '14', 'font-weight': '600' }),
    label(panel.area.left, panel.area.top - 10, note.join(' · '), MUTED, { 'font-size': String(SMALL) }),
    drawn.map((link) => drawLink(link, nodes, picture.widest)),
    nodes.map(([cx, cy]) => element('circle', { cx, cy, r: radius, ...fill(PAPER), ...classes(PAPER.name, INK.name), stroke: INK.light, 'stroke-width': 1.4 })),
    names(picture, nodes, panel.area, radius, isInside),
  );
}

/** A circle has room for names outside; numbers need discs that they fit in. */
function nodeRadius({ length }: readonly string[], isInside: boolean): number {
  if (length <= CIRCLE_AGENTS_MAX) return isInside ? 11.5 : 6;
  return length <= AGENTS_LABELLED_MAX ? 9.6 : 3.2;
}

function names(picture: Picture, nodes: readonly Point[], area: Area, radius: number, isInside: boolean): Child {
  if (picture.names.length > AGENTS_LABELLED_MAX) return null;
  if (isInside) return picture.names.map((name, k) => centredName(name, nodes[k]));
  if (isListed(picture.names)) return picture.names.map((_, k) => centredName(String(k), nodes[k]));
  return radialLabels(picture.names, nodes, centreOf(area), 12.5, radius + 7);
}

/** Numbers stand in the nodes, and names below the figure. */
function isListed(names: readonly string[]): boolean {
  return names.length > CIRCLE_AGENTS_MAX && names.length <= AGENTS_LABELLED_MAX && !fitsInside(names);
}

function centredName(name: string, [x, y]: Point): Child {
  return label(x, y + 4.3, name, INK, { 'text-anchor': 'middle', 'font-size': String(SMALL) });
}

/** Layout coordinates to pixels, with room for the names. */
function placed(layout: readonly Point[], area: Area, isCircle: boolean, isInside: boolean): Point[] {
  const [x, y] = centreOf(area);
  const roomX = isInside || !isCircle ? 18 : 112;
  const roomY = isInside || !isCircle ? 18 : 28;
  const rx = (area.right - area.left) / 2 - roomX;
  const ry = (area.bottom - area.top) / 2 - roomY;
  const circle = layout.length === 2 ? rx : Math.min(rx, ry);
  const [sx, sy] = isCircle ? [circle, circle] : [rx, ry];
  return layout.map(([u, v]) => [x + sx * u, y + sy * v]);
}

function centreOf(area: Area): Point {
  return [(area.left + area.right) / 2, (area.top + area.bottom) / 2];
}

function drawLink({ i, j, weight }: WeightedPair, nodes: readonly Point[], widest: number): Child {
  const [[x1, y1], [x2, y2]] = [nodes[i], nodes[j]];
  return linkLine(x1, y1, x2, y2, weight, widest);
}

function linkLine(x1: number, y1: number, x2: number, y2: number, weight: number, widest: number): Child {
  const share = widest > 0 ? Math.abs(weight) / widest : 0;
  const style = weight < 0 ? NEGATIVE : BLUE;
  const looks = { 'stroke-width': 0.8 + 6.2 * share, 'stroke-opacity': 0.3 + 0.6 * share, 'stroke-dasharray': style.dash };
  return element('line', { x1, y1, x2, y2, ...LINE, ...stroke(style), ...looks });
}

function classes(fillName: string, lineName: string): { class: string } {
  return { class: `k-fill-${fillName} k-line-${lineName}` };
}

/** What the widths mean, and what is not drawn. */
function legend(panels: readonly Panel[], picture: Picture, y: number, medium: Medium): Legend {
  if (!(picture.widest > 0)) return legendOf([{ text: 'No two tasks are related.', width: 0, draw: () => null }], y, medium);
  const hasNegative = panels.some(({ links }) => links.some(({ weight }) => -weight >= picture.smallest));
  const samples = [0.25, 0.5, 1].map((share) => Number((share * picture.widest).toPrecision(2)));
  const entries = samples.map((weight) => ({ weight, text: formatNumber(weight, 2) }));
  if (hasNegative) entries.push({ weight: -samples[1], text: `negative (${formatNumber(-samples[1], 2)})` });
  const share = Math.round(100 * (picture.smallest / picture.widest));
  return legendOf(
    [
      { text: 'link weight', width: 0, draw: () => null },
      ...entries.map(({ weight, text }) => ({ text, width: 38, draw: (x: number, at: number): Child => linkLine(x, at, x + 38, at, weight, picture.widest) })),
      { text: `Links weaker than ${share} % of the strongest are not drawn.`, width: 0, draw: () => null },
    ],
    y,
    medium,
  );
}

/** Beside a single graph: its strongest links by name. */
function strongestList(panel: Panel, picture: Picture, medium: Medium): Child {
  const links = [...panel.links].sort((a, b) => b.weight - a.weight).filter(({ weight }) => weight > 0);
  const [left, right] = [panel.area.right + 24, medium.width - 24];
  const rows = Math.floor((panel.area.bottom - 112) / LIST_ROW_HEIGHT);
  return element(
    'g',
    { 'data-part': 'strongest' },
    label(left, 84, 'strongest links', INK, { 'font-size': '14', 'font-weight': '600' }),
    links.slice(0, rows).map(({ i, j, weight }, row) => {
      const y = 112 + row * LIST_ROW_HEIGHT;
      return [
        label(left, y, pairName(picture.names[i], picture.names[j], right - left - 46), INK, { 'font-size': String(SMALL) }),
        label(right, y, formatNumber(weight, 3), MUTED, { 'font-size': String(SMALL), 'text-anchor': 'end' }),
        rule(left, y + 8, right, y + 8, GRID),
      ];
    }),
  );
}

function pairName(a: string, b: string, width: number): string {
  const whole = `${a} – ${b}`;
  return textWidth(whole, 12) <= width ? whole : `${fitText(a, 12, width / 2 - 8)} – ${fitText(b, 12, width / 2 - 8)}`;
}

function description(panels: readonly Panel[], picture: Picture): string {
  const parts = panels.map((panel) => {
    const best = [...panel.links].sort((a, b) => b.weight - a.weight).slice(0, 3);
    const links = best.map(({ i, j, weight }) => `${picture.names[i]} and ${picture.names[j]} (${formatNumber(weight, 3)})`);
    return `${panel.heading}${panel.note === '' ? '' : `, ${panel.note}`}, strongest links: ${links.join(', ') || 'none'}`;
  });
  return `Graph of ${plural(picture.names.length, 'agent')}. ${parts.join('. ')}.`;
}
