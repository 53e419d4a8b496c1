/**
 * The learned task graph beside the true one, agents at the same places. A link's width and opacity are its
 * weight -L_kl on one scale; negative weights (positive off-diagonals of a pseudo-inverse) are dashed.
 */
import type { RunResult } from '../core/run-result.ts';
import { agentName } from './arms.ts';
import { formatNumber, isNumber, plural } from './format.ts';
import { FIGURE_WIDTH, emptySheet, figureSheet, label } from './frame.ts';
import { CIRCLE_AGENTS_MAX, layoutAgents, type Point, type WeightedPair } from './layout.ts';
import { drawnLinks, linksOf, smallestDrawn, strongest, type Rows } from './links.ts';
import { fitsInside, freeLabels, radialLabels, type Area } from './node-labels.ts';
import { BLUE, GRID, INK, MUTED, NEGATIVE, PAPER, fill, stroke } from './palette.ts';
import { runLine } from './run-line.ts';
import { element, fitText, textWidth, type Child } from './svg.ts';
import { rule } from './axes.ts';

const ID = 'kindred-graph';
const TITLE = 'Which tasks are related';
const AGENTS_LABELLED_MAX = 80;
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

export function graphFigure(result: RunResult): string {
  const relationship = result.relationship;
  if (relationship === null || relationship.laplacian === null) return emptySheet(ID, TITLE, 'This run has learned no graph of tasks.');
  const laplacian = relationship.laplacian;
  const truth = relationship.truth?.length === laplacian.length ? relationship.truth : null;
  const picture = pictureOf(result, laplacian, truth);
  const panels = panelsOf(result, picture, laplacian, truth);
  const bottom = panels[0].area.bottom;
  return figureSheet(
    { id: ID, height: bottom + 76, title: TITLE, subtitle: runLine(result), description: description(panels, picture) },
    panels.map((panel) => drawPanel(panel, picture)),
    truth === null ? strongestList(panels[0], picture) : null,
    legend(panels, picture, bottom + 30),
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

function panelsOf(result: RunResult, picture: Picture, laplacian: Rows, truth: Rows | null): Panel[] {
  const { estimator, relativeError } = result.relationship!;
  const heading = fitText(`learned (${estimator})`, 14, 370);
  const note = isNumber(relativeError) ? `relative error ${formatNumber(relativeError, 3)}` : absentees(result, picture);
  const isLarge = picture.names.length > CIRCLE_AGENTS_MAX;
  const learned = { part: 'learned', heading, note, links: linksOf(laplacian) };
  const isPair = picture.names.length === 2;
  if (truth === null) return [{ ...learned, area: { left: 24, right: 560, top: 112, bottom: isLarge ? 640 : isPair ? 260 : 510 } }];
  const bottom = isLarge ? 500 : isPair ? 260 : 470;
  const left = { left: 24, right: 418, top: 112, bottom };
  const right = { left: 442, right: 836, top: 112, bottom };
  return [
    { ...learned, area: left },
    { part: 'true', heading: 'true', note: '', links: linksOf(truth), area: right },
  ];
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
  const nodes = placed(picture.layout, panel.area, isCircle, isInside);
  const radius = isInside && picture.names.length <= 60 ? 11.5 : isCircle ? 6 : 4;
  const { drawn, dropped } = drawnLinks(panel.links, picture.smallest);
  const note = [panel.note, plural(drawn.length, 'link'), dropped > 0 ? `${dropped} weaker not drawn` : ''].filter((text) => text !== '');
  return element(
    'g',
    { 'data-part': panel.part },
    label(panel.area.left, 84, panel.heading, INK, { 'font-size': '14', 'font-weight': '600' }),
    label(panel.area.left, 102, note.join(' · '), MUTED, { 'font-size': '12' }),
    drawn.map((link) => drawLink(link, nodes, picture.widest)),
    nodes.map(([cx, cy]) => element('circle', { cx, cy, r: radius, ...fill(PAPER), ...classes(PAPER.name, INK.name), stroke: INK.light, 'stroke-width': 1.4 })),
    names(picture, nodes, panel.area, radius, isCircle),
  );
}

function names(picture: Picture, nodes: readonly Point[], area: Area, radius: number, isCircle: boolean): Child {
  if (radius > 10) return picture.names.map((name, k) => centredName(name, nodes[k]));
  if (isCircle) return radialLabels(picture.names, nodes, centreOf(area), 12.5, radius + 7);
  return picture.names.length <= AGENTS_LABELLED_MAX ? freeLabels(picture.names, nodes, area, 9.5, radius + 1) : null;
}

function centredName(name: string, [x, y]: Point): Child {
  return label(x, y + 4, name, INK, { 'text-anchor': 'middle', 'font-size': name.length > 2 ? '9' : '11.5' });
}

/** Layout coordinates to pixels, with room for the names. */
function placed(layout: readonly Point[], area: Area, isCircle: boolean, isInside: boolean): Point[] {
  const [x, y] = centreOf(area);
  const roomX = isInside ? 18 : isCircle ? 112 : 40;
  const roomY = isInside ? 18 : isCircle ? 28 : 14;
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
  return element('line', { x1, y1, x2, y2, ...stroke(style), ...looks });
}

function classes(fillName: string, lineName: string): { class: string } {
  return { class: `k-fill-${fillName} k-line-${lineName}` };
}

/** What the widths mean, and what is not drawn. */
function legend(panels: readonly Panel[], picture: Picture, y: number): Child {
  if (!(picture.widest > 0)) return label(24, y, 'No two tasks are related.', MUTED);
  const hasNegative = panels.some(({ links }) => links.some(({ weight }) => -weight >= picture.smallest));
  const samples = [0.25, 0.5, 1].map((share) => Number((share * picture.widest).toPrecision(2)));
  const entries = samples.map((weight) => ({ weight, text: formatNumber(weight, 2) }));
  if (hasNegative) entries.push({ weight: -samples[1], text: `negative (${formatNumber(-samples[1], 2)})` });
  const share = Math.round(100 * (picture.smallest / picture.widest));
  return [
    label(24, y, 'link weight', MUTED),
    entries.map(({ weight, text }, at) => {
      const x = 122 + at * 104;
      return [linkLine(x, y - 4.5, x + 38, y - 4.5, weight, picture.widest), label(x + 45, y, text, MUTED)];
    }),
    label(24, y + 24, `Links weaker than ${share} % of the strongest are not drawn.`, MUTED, { 'font-size': '12' }),
  ];
}

/** Beside a single graph: its strongest links by name. */
function strongestList(panel: Panel, picture: Picture): Child {
  const links = [...panel.links].sort((a, b) => b.weight - a.weight).filter(({ weight }) => weight > 0);
  const [left, right] = [panel.area.right + 24, FIGURE_WIDTH - 24];
  const rows = Math.floor((panel.area.bottom - 112) / LIST_ROW_HEIGHT);
  return element(
    'g',
    { 'data-part': 'strongest' },
    label(left, 84, 'strongest links', INK, { 'font-size': '14', 'font-weight': '600' }),
    links.slice(0, rows).map(({ i, j, weight }, row) => {
      const y = 112 + row * LIST_ROW_HEIGHT;
      return [
        label(left, y, pairName(picture.names[i], picture.names[j], right - left - 46), INK, { 'font-size': '12' }),
        label(right, y, formatNumber(weight, 3), MUTED, { 'font-size': '12', 'text-anchor': 'end' }),
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
