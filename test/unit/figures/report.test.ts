import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RunResult } from '../../../core/run-result.ts';
import { reportPage } from '../../../figures/report.ts';
import { reproduceCommand } from '../../../figures/reproduce.ts';
import { runFigures } from '../../../figures/run-figures.ts';
import { arm, paperRun, statesRun, windRun } from './fixtures.ts';
import { countOf, elementsOf } from './markup.ts';

const figures = (result: RunResult) => runFigures({ result, spectra: [], timeline: null });
const page = (run: RunResult): string => reportPage(run, figures(run), { file: 'examples/paper.yaml', overrides: [] });

test('the page is well formed and loads nothing from outside', () => {
  for (const run of [paperRun(), windRun(), statesRun()]) {
    const html = page(run);
    const elements = elementsOf(html);
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'embed', 'image', 'use', 'a']) assert.ok(!elements.includes(name), name);
    assert.doesNotMatch(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', ''), /https?:|\/\/[a-z]|url\(|@import| src=| href=/);
    assert.match(html, /Content-Security-Policy" content="default-src &#39;none&#39;/);
  }
});

test('it is accessible: language, scopes, titles and descriptions with ids of their own', () => {
  const html = page(paperRun());
  assert.match(html, /<html lang="en">/);
  assert.equal(countOf(html, /<th(?= |>)/), countOf(html, /<th scope="(?:col|row)"/));
  assert.equal(countOf(html, '<svg'), countOf(html, '<desc'));
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, used] of html.matchAll(/aria-labelledby="([^"]*)"/g)) for (const id of used.split(' ')) assert.ok(ids.includes(id), id);
});

test('measured stands beside predicted, and a loss is marked by sign and word as well as colour', () => {
  const html = page(paperRun());
  assert.match(html, /<td>0\.2565<\/td><td>0\.2567<\/td><td>−0\.1 %<\/td>/);
  assert.match(html, /<small class="worse">−37\.2 % worse<\/small>/);
  assert.match(html, /<small class="better">\+24\.8 % better<\/small>/);
  for (const [, text] of html.matchAll(/<small class="worse">([^<]*)</g)) assert.match(text, /^−.* worse$/);
});

test('whose reports the relationship was learned from, or that it was given', () => {
  const result = paperRun();
  const given = { run: 'before-1', version: 3, digest: '0' };
  assert.match(page(result), /The relationship was learned from the reports of 10 agents\./);
  const text = page({ ...result, relationship: { ...result.relationship!, given } });
  assert.match(text, /The relationship was given, not learned here: v3 of run before-1\./);
  assert.doesNotMatch(text, /learned from the reports/);
});

test('tables have one row per arm and one per agent', () => {
  assert.equal(countOf(page(statesRun()), '<th scope="row"'), 5 + 48);
});

test('figures are those with something to show', () => {
  assert.deepEqual(
    figures(paperRun()).map(({ kind }) => kind),
    ['curves', 'graph', 'gain'],
  );
  assert.deepEqual(
    figures(windRun()).map(({ kind }) => kind),
    ['graph', 'gain'],
  );
  assert.deepEqual(figures({ ...windRun(), arms: [], relationship: null }), []);
});

test('eigenvalues and timeline are in the report, hostile names in them as text', () => {
  const evil = '<script>alert(1)</script>';
  const result = paperRun();
  const spectra = [{ version: 1, kind: 'precision', estimator: evil, values: [0, 1, 2], truth: [0, 1, 3] }];
  const timeline = {
    endMs: 100,
    phases: [{ name: evil, fromMs: 0, untilMs: 100 }],
    arms: [{ name: evil, fromMs: 50, untilMs: 100 }],
    faults: [{ name: evil, fromMs: 20, untilMs: 30 }],
    parties: [{ name: evil, away: [], marks: [{ kind: 'lost' as const, ms: 20 }] }],
  };
  const all = runFigures({ result, spectra, timeline });
  assert.deepEqual(
    all.map(({ kind }) => kind),
    ['curves', 'graph', 'spectrum', 'gain', 'timeline'],
  );
  assert.ok(!elementsOf(reportPage(result, all)).includes('script'));
});

test('hostile names stay text everywhere', () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror="a">'&\u0000`;
  const run = windRun();
  const hostile: RunResult = {
    ...run,
    runId: evil,
    experiment: evil,
    mode: evil,
    agents: { expected: 12, completed: 11, missing: [3], names: run.agents.names.map((_, k) => evil + k) },
    error: { code: evil, message: evil, hint: evil },
    relationship: { ...run.relationship!, estimator: evil },
    arms: run.arms.map((one) => ({ ...one, strategy: one.strategy === 'non-cooperative' ? one.strategy : evil, relationship: evil, parametersSha256: evil })),
    diagnostics: [{ code: evil, message: evil }],
  };
  const html = page(hostile);
  const elements = elementsOf(html);
  assert.ok(!elements.includes('script') && !elements.includes('img'));
  assert.match(html, /&lt;script&gt;/);
});

test('the command repeats the run and is quoted for a shell', () => {
  const command = (file: string, overrides: readonly string[] = []): string => reproduceCommand(paperRun(), { file, overrides });
  assert.equal(command('examples/paper.yaml'), 'npm run --silent kindred -- run examples/paper.yaml --seed 7 --mode processes');
  assert.match(command('a.yaml', ['cooperate.steps=9', 'x=[1, 2]']), /run a\.yaml -c cooperate\.steps=9 -c 'x=\[1, 2\]' --seed/);
  assert.match(command(`my $(file)'s.yaml`), /run 'my \$\(file\)'\\''s\.yaml' --seed/);
  assert.match(reportPage(paperRun(), []), /FILE is the experiment file/);
});

test('a failed run says why, what to do and who is missing', () => {
  const { error: _, ...run } = windRun();
  const failed: RunResult = {
    ...run,
    status: 'failed',
    arms: [],
    relationship: null,
    agents: { ...run.agents, completed: 11, missing: [6] },
    error: { code: 'AGENT_LOST', message: 'agent 6 (Dublin) was lost', hint: 'its log is in the run directory under logs/' },
  };
  const html = page(failed);
  elementsOf(html);
  for (const text of ['The run failed', 'AGENT_LOST', 'its log is in the run directory', 'Missing: Dublin.', '11 of 12 agents'])
    assert.ok(html.includes(text), text);
});

test('the same diagnostic is said once', () => {
  const run = paperRun();
  const html = page({ ...run, diagnostics: run.relationship!.diagnostics });
  assert.equal(countOf(html, 'POSITIVE_OFF_DIAGONAL'), 1);
});

test('whatever the numbers are, there is a page', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 1e-320, 1e308, null as unknown as number));
  const curve = fc.record({
    iteration: fc.array(fc.oneof(fc.nat(), fc.constant(NaN)), { maxLength: 4 }),
    error: fc.array(number, { maxLength: 4 }),
    predicted: fc.option(fc.array(number, { maxLength: 4 })),
  });
  const anyArm = fc
    .record({
      strategy: fc.constantFrom('non-cooperative', 'multitask'),
      steadyError: number,
      predictedError: number,
      auc: number,
      curve: fc.option(curve),
      errorByAgent: fc.array(number, { maxLength: 4 }),
    })
    .map(({ strategy, steadyError, ...more }) =>
      arm(strategy, 'learned', steadyError, { ...more, eta: steadyError, bytesSent: steadyError, rounds: steadyError }),
    );
  const laplacian = fc.array(fc.array(number, { maxLength: 4 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(anyArm, { maxLength: 4 }), laplacian, fc.option(laplacian), (arms, learned, truth) => {
      const run = paperRun();
      elementsOf(page({ ...run, arms, relationship: { ...run.relationship!, laplacian: learned, truth } }));
    }),
    { seed: 3, numRuns: 400, includeErrorInReport: true },
  );
});
