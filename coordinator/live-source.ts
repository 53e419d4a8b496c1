/** The one run of a coordinator, for its live page: its record on disk, and what only the coordinator knows. */
import { KindredError } from '../core/errors.ts';
import { ENDINGS } from '../core/run-clock.ts';
import type { RunListing } from '../core/run-view.ts';
import type { Clock } from '../net/clock.ts';
import type { RunFacts } from './metrics.ts';
import { recordedPlanText } from './recorded-plan.ts';
import type { MetricsSource } from './routes/metrics.ts';
import type { OpenRun, RunControl, RunsSource } from './routes/runs.ts';
import { ViewFeed } from './view/feed.ts';
import { RunDirectory } from './view/run-directory.ts';
import { listingOf, RunViews } from './view/run-view.ts';
import type { LiveRun, SharedView } from './view/run-view.ts';

export interface LiveSourceOptions {
  readonly runId: string;
  readonly directory: string;
  readonly clock: Clock;
  /** As Date.now(): events are dated. */
  readonly now: () => number;
  readonly control: RunControl;
}

export class LiveSource implements RunsSource, MetricsSource {
  readonly #coordinator: { readonly live: LiveRun };
  readonly #options: LiveSourceOptions;
  readonly #directory: RunDirectory;
  readonly #views = new RunViews();
  readonly #run: OpenRun;

  constructor(coordinator: { readonly live: LiveRun }, options: LiveSourceOptions) {
    this.#coordinator = coordinator;
    this.#options = options;
    this.#directory = new RunDirectory(options.directory, options.runId);
    const view = (): SharedView => this.#view();
    const feed = new ViewFeed({ clock: options.clock, look: view });
    this.#run = { view, feed, control: options.control, plan: () => recordedPlanText(this.#directory.look()) };
  }

  list(): RunListing[] {
    const { live } = this.#coordinator;
    return [listingOf(this.#directory.look(), !ENDINGS.includes(live.phase), live)];
  }

  open(runId: string): OpenRun {
    if (runId !== this.#options.runId) throw new KindredError('RUN_UNKNOWN', `this is the coordinator of ${this.#options.runId}`);
    return this.#run;
  }

  /** For /metrics: of the whole record, since the view has its last events only. */
  facts(): RunFacts {
    const events = new Map<string, number>();
    for (const { type } of this.#directory.look().events) events.set(type, (events.get(type) ?? 0) + 1);
    return { view: this.#view(), events, viewers: this.#run.feed.viewers };
  }

  /** Who watches hears how it ended. */
  finish(): void {
    this.#run.feed.finish();
  }

  #view(): SharedView {
    const { live } = this.#coordinator;
    return this.#views.of(this.#directory.look(), !ENDINGS.includes(live.phase), this.#options.now(), live);
  }
}
