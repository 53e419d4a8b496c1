/**
 * report.html: one run on one page. It opens without a server and loads nothing: style and figures are inline,
 * and the content security policy forbids everything else, scripts included.
 */
import type { RunResult } from '../core/run-result.ts';
import { agentName, armLabels, isOwnStream, isTable } from './arms.ts';
import { formatDuration, formatNumber, isNumber, plural } from './format.ts';
import { agentsTable, resultsTable } from './report-tables.ts';
import { reproduceCommand, UNKNOWN } from './reproduce.ts';
import type { Typed } from './reproduce.ts';
import { reportStyleSheet } from './report-style.ts';
import type { RunFigure } from './run-figures.ts';
import { runLine } from './run-line.ts';
import { element, trustedMarkup, type Child, type Markup } from './svg.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function reportPage(result: RunResult, figures: readonly RunFigure[], typed = UNKNOWN): string {
  const page = element('html', { lang: 'en' }, head(result), element('body', {}, element('main', {}, sections(result, figures, typed))));
  return `<!doctype html>\n${page.markup}\n`;
}

function head(result: RunResult): Markup {
  return element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('title', {}, `${result.experiment} – Kindred`),
    element('style', {}, trustedMarkup(reportStyleSheet())),
  );
}

function sections(result: RunResult, figures: readonly RunFigure[], typed: Typed): Child {
  const hasArms = result.arms.length > 0;
  return [
    element('h1', {}, result.experiment),
    element('p', { class: 'lead' }, `${runLine([result])} · ${statusWords(result)}`),
    failure(result),
    section('What was run', facts(result)),
    hasArms ? section('Results', resultsTable(result)) : null,
    figures.length > 0 ? section('Figures', figures.map(figure)) : null,
    hasArms ? section('Every agent', agentsTable(result)) : null,
    section('What was noticed', diagnostics(result)),
    section('Who took part', participants(result)),
    section('Run it again', reproduce(result, typed)),
  ];
}

function section(title: string, ...content: Child[]): Markup {
  return element('section', {}, element('h2', {}, title), content);
}

function failure({ error }: RunResult): Child {
  if (error === undefined) return null;
  const what = element('p', {}, element('strong', {}, 'The run failed. '), error.message, ' (', element('code', {}, error.code), ')');
  return element('div', { class: 'failure', role: 'alert' }, what, element('p', {}, `What to do: ${error.hint}.`));
}

function figure({ svg, caption }: RunFigure): Markup {
  return element('figure', {}, trustedMarkup(svg), element('figcaption', {}, caption));
}

function facts(result: RunResult): Markup {
  const { timings, relationship, problem } = result;
  const phases = `exploring ${formatDuration(timings.exploreMs)}, estimating ${formatDuration(timings.estimateMs)}, cooperating ${formatDuration(timings.cooperateMs)}`;
  const rows: [string, string][] = [
    ['run', result.runId],
    ['problem', problemWords(result)],
    ['agents', `${plural(result.agents.expected, 'agent')}, ${modeWords(result.mode)}`],
    ...relationshipRows(relationship),
    ['time', `${formatDuration(timings.totalMs)} (${phases})`],
  ];
  if (isNumber(problem?.ridge)) rows.splice(2, 0, ['ridge of learning alone', formatNumber(problem.ridge)]);
  return element(
    'dl',
    {},
    rows.map(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]),
  );
}

/** Each one by its version where there are several. */
function relationshipRows(relationship: RunResult['relationship']): [string, string][] {
  if (relationship === null) return [['relationship', 'none was learned']];
  const { learned, estimator, relativeError } = relationship;
  if (learned === undefined) return [['relationship', `learned by ${estimator}${errorWords(relativeError)}`]];
  return learned.map(({ version, kind, estimator: by }) => [
    `relationship v${version}`,
    `${kind} learned by ${by}${version === relationship.version ? errorWords(relativeError) : ''}`,
  ]);
}

function problemWords(result: RunResult): string {
  if (isOwnStream(result)) return `mini-batches and a loss by ${result.problem?.module}`;
  if (!isTable(result)) return 'linear regressions whose true parameters form a Gaussian Markov random field on a graph';
  const { kind, loss, module } = result.problem ?? {};
  if (kind === 'mlp') return 'one network with a hidden layer per task, judged on rows that were held out';
  const model = loss === 'own' ? `model by ${module}` : `${loss === 'logistic' ? 'logistic' : 'linear'} regression`;
  return `one ${model} per task of a table, judged on rows that were held out`;
}

const MODES: Readonly<Record<string, string>> = {
  processes: 'each a process of its own',
  simulated: 'simulated in one process',
  compose: 'each in a container of its own',
};

function modeWords(mode: string): string {
  return MODES[mode] ?? mode;
}

function errorWords(relativeError: number | null): string {
  return isNumber(relativeError) ? `; relative error ${formatNumber(relativeError, 3)} against the true one` : '';
}

function statusWords({ status }: RunResult): string {
  return status === 'completed-with-missing' ? 'completed, but with agents missing' : status;
}

/** Said once each, although the run repeats what its estimator noticed. */
function diagnostics(result: RunResult): Child {
  const all = [...(result.relationship?.diagnostics ?? []), ...result.diagnostics];
  const unique = [...new Map(all.map((diagnostic) => [`${diagnostic.code} ${diagnostic.message}`, diagnostic])).values()];
  if (unique.length === 0) return element('p', {}, 'Nothing out of the ordinary.');
  return element(
    'ul',
    {},
    unique.map(({ code, message }) => element('li', {}, message, ' ', element('code', {}, code))),
  );
}

function participants(result: RunResult): Child {
  const { expected, completed, missing, names } = result.agents;
  const { contributors = [], given } = result.relationship ?? {};
  const absent = missing.map((k) => agentName(result, k)).join(', ');
  const others = names.filter((_, k) => !contributors.includes(k)).join(', ');
  return [
    element('p', {}, `${completed} of ${plural(expected, 'agent')} took part in everything: ${names.filter((_, k) => !missing.includes(k)).join(', ')}.`),
    missing.length > 0 ? element('p', { class: 'worse' }, `Missing: ${absent}.`) : null,
    contributors.length > 0 && given === undefined
      ? element('p', {}, `The relationship was learned from the reports of ${plural(contributors.length, 'agent')}${others && `, without ${others}`}.`)
      : null,
    given === undefined ? null : element('p', {}, `The relationship was given, not learned here: v${given.version} of run ${given.run}.`),
  ];
}

function reproduce(result: RunResult, typed: Typed): Child {
  const labels = armLabels(result.arms);
  const sums = result.arms.map((arm, i) => [element('dt', {}, labels[i]), element('dd', {}, element('code', {}, arm.parametersSha256))]);
  return [
    element('pre', {}, element('code', {}, reproduceCommand(result, typed))),
    typed === UNKNOWN ? element('p', { class: 'note' }, 'FILE is the experiment file of this run.') : null,
    sums.length > 0 ? element('p', { class: 'note' }, 'The same file, seed and version end in the same parameters, bit for bit. Their SHA-256:') : null,
    sums.length > 0 ? element('dl', { class: 'note' }, sums) : null,
  ];
}
