/**
 * Serves the live page of every run under a directory on this machine: stored ones from their files, those that go on by their
 * coordinators' own answers, and by their files where there is no coordinator to ask.
 */
import { createApp } from '../coordinator/app.ts';
import { newPageTokens } from '../coordinator/access.ts';
import type { PageTokens } from '../coordinator/access.ts';
import { recordedPlanText } from '../coordinator/recorded-plan.ts';
import type { Elsewhere } from '../coordinator/routes/forward.ts';
import { pageApi } from '../coordinator/page-api.ts';
import type { OpenRun, RunsSource } from '../coordinator/routes/runs.ts';
import { ViewFeed } from '../coordinator/view/feed.ts';
import { RunDirectory } from '../coordinator/view/run-directory.ts';
import { listingOf, RunViews } from '../coordinator/view/run-view.ts';
import type { SharedView } from '../coordinator/view/run-view.ts';
import { KindredError } from '../core/errors.ts';
import type { RunListing } from '../core/run-view.ts';
import { systemClock } from '../net/clock.ts';
import { summary } from './list.ts';
import { coordinatorOf, liveRun } from './live-run.ts';
import { storedRuns } from './stored-runs.ts';
import type { StoredRun } from './stored-runs.ts';

export interface RunServer {
  /** http://127.0.0.1:port */
  readonly url: string;
  readonly tokens: PageTokens;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Throws PORT_IN_USE. */
export async function serveRuns(directory: string, port: number): Promise<RunServer> {
  const app = createApp(HOST);
  const tokens = newPageTokens();
  pageApi(app, new StoredSource(directory), tokens);
  try {
    return { url: await app.listen({ host: HOST, port }), tokens, close: () => app.close() };
  } catch (cause) {
    throw new KindredError('PORT_IN_USE', cause instanceof Error ? cause.message : String(cause), { where: `${HOST}:${port}`, cause });
  }
}

export class StoredSource implements RunsSource {
  readonly #directory: string;
  readonly #open = new Map<string, StoredView>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  list(): RunListing[] {
    return storedRuns(this.#directory).map((run) => (goesOn(run) ? this.#of(run).listing() : storedListing(run)));
  }

  /** By its whole id: a request names no paths. */
  open(runId: string): OpenRun | Elsewhere {
    const view = this.#open.get(runId) ?? this.#find(runId);
    const there = coordinatorOf(view.directory);
    return there === undefined ? view : { ...there, files: view };
  }

  finish(): void {
    for (const { feed } of this.#open.values()) feed.finish();
  }

  #find(runId: string): StoredView {
    const run = storedRuns(this.#directory).find((one) => one.runId === runId);
    if (run === undefined) throw new KindredError('RUN_UNKNOWN', `there is no run "${runId}" here`);
    if (run.unreadable !== undefined) throw new KindredError('RUN_UNKNOWN', run.unreadable);
    return this.#of(run);
  }

  #of({ runId, directory }: StoredRun): StoredView {
    const view = this.#open.get(runId) ?? new StoredView(runId, directory);
    this.#open.set(runId, view);
    return view;
  }
}

class StoredView implements OpenRun {
  readonly directory: string;
  readonly feed: ViewFeed;
  /** Who goes on is steered by its own coordinator. */
  readonly control = undefined;
  readonly #record: RunDirectory;
  readonly #views = new RunViews();

  constructor(runId: string, directory: string) {
    this.directory = directory;
    this.#record = new RunDirectory(directory, runId);
    this.feed = new ViewFeed({ clock: systemClock, look: () => this.#look() });
  }

  listing(): RunListing {
    return listingOf(this.#record.look(), this.#goesOn);
  }

  view(): SharedView {
    return this.#views.of(this.#record.look(), this.#goesOn, Date.now());
  }

  /** A coordinator that answers knows more than its files: whoever watches is let go, comes again, and is sent there. */
  #look(): SharedView {
    if (coordinatorOf(this.directory) !== undefined) throw new KindredError('RUN_LIVE', 'its coordinator answers now', { where: this.directory });
    return this.view();
  }

  plan(): string {
    return recordedPlanText(this.#record.look());
  }

  get #goesOn(): boolean {
    return liveRun(this.directory) !== undefined;
  }
}

const goesOn = ({ directory, unreadable }: StoredRun): boolean => unreadable === undefined && liveRun(directory) !== undefined;

function storedListing(run: StoredRun): RunListing {
  const { directory: _, ...known } = summary(run);
  return { ...known, live: false, mode: run.result?.mode ?? null };
}
