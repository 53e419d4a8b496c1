/**
 * THE error table. Every expected failure of the system has one code here:
 * what it means, what to do about it, and how it leaves the process.
 *
 * Codes read <AREA>_<WHAT>. `exit` is the command's exit code (1 failed, 2 wrong input,
 * 3 completed with missing agents), `http` the status of an HTTP answer, `close` the
 * WebSocket close code. docs/errors.md is generated from this table.
 */
export interface ErrorEntry {
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
  readonly http?: number;
  readonly close?: number;
}

const entry = (message: string, hint: string, exit: number, more: { http?: number; close?: number } = {}): ErrorEntry => ({
  message,
  hint,
  exit,
  ...more,
});

export const ERRORS = {
  // What a person wrote.
  CONFIG_INVALID: entry('the experiment file is not valid', 'correct the key named above; `kindred run --help` shows an example', 2),
  CONFIG_UNREADABLE: entry('the experiment file cannot be read', 'check the path and the YAML syntax', 2),
  CONFIG_ENVIRONMENT: entry('the experiment file uses an environment variable that is not set', 'set it for this command: NAME=value kindred run FILE', 2),
  CONFIG_UNSUPPORTED: entry('the experiment asks for something this version does not have', 'the README lists what is not there yet', 2),
  TABLE_UNREADABLE: entry('the table cannot be read', 'check the path; paths are relative to the experiment file', 2),
  TABLE_INVALID: entry('the table is not valid', 'correct the cell named above; every cell but the task must be a finite number', 2),
  TABLE_NOT_OWN: entry("a table holds rows that are not this agent's", 'give each agent a file with its own rows only: --data FILE', 2),
  TABLE_TOO_FEW_ROWS: entry('a task has too few rows for the split', 'lower split.train; split.tooFew: drop leaves such tasks out', 2),
  ESTIMATES_INVALID: entry('the table of estimates is not valid', 'one agent per row, numbers only, no header, at least two rows of equal length', 2),
  ESTIMATE_ILL_POSED: entry(
    'no relationship can be learned from these estimates by this estimator',
    'the message says what is missing: report more of it, or use an estimator that needs less (docs/estimators.md)',
    2,
  ),
  GROUPS_IMPOSSIBLE: entry(
    'no grouping of the tasks satisfies what is asked',
    'the message says what: ask for another number of groups, other sizes or larger budgets',
    2,
  ),
  MODULE_UNREADABLE: entry(
    "a module of one's own cannot be read",
    "check the path, which is relative to the experiment file; a module may import 'kindred' and files beside it",
    2,
  ),
  MODULE_INVALID: entry("a module of one's own is not one", 'export what defineProblem, defineStrategy or defineEstimator returns as default: docs/own.md', 2),
  MODULE_MISSING: entry("an agent was not given a module of the experiment's", 'start it with --module FILE, the very file that the experiment names', 2),
  MODULE_FAILED: entry("a module of one's own failed", '`kindred check FILE` tests it by the laws', 1),
  GRAPH_INVALID: entry('the graph is not valid', 'edges join two different known agents and have positive finite weights', 2),
  RELATIONSHIP_UNREADABLE: entry('the relationship cannot be read', 'check the path: a run keeps its relationships under relationship/', 2),
  RELATIONSHIP_VERSION: entry('the relationship is in a format of another version', 'use the version of Kindred that wrote it, or learn it again', 2),
  RELATIONSHIP_INVALID: entry('the relationship is not valid', 'correct the field named above; docs/relationship.md describes all of them', 2),
  RELATIONSHIP_DAMAGED: entry('the relationship was changed after it was written', 'take it from the run again; files are not edited by hand', 2),
  RELATIONSHIP_UNKNOWN: entry('the run has no such relationship', '`kindred relationship show RUN` shows the last one', 2),
  RELATIONSHIP_NOT_CONVERTED: entry('the relationship cannot be turned into another kind', 'take one of the kinds named above, or learn it again', 2),
  RELATIONSHIPS_DIFFER: entry('the relationships cannot be compared', 'compare two of one kind and size: among as many agents, of as many parameters', 2),
  STEP_SIZE_UNSTABLE: entry('the step size is unstable', 'lower the step size or raise the batch', 2),
  USAGE: entry('the command was called wrongly', 'see `kindred --help`', 2),
  OUTPUT_UNWRITABLE: entry('a file of the run cannot be written', 'free space on its disk, or give a directory you may write to: --out DIR', 2),
  OUTPUT_NOT_EMPTY: entry('the directory is in use', 'name one that is empty, or is not there yet', 2),
  PORT_IN_USE: entry('the address cannot be listened on', 'another program, or an earlier coordinator, has the port: give another one with --port', 2),
  RUN_UNKNOWN: entry('there is no such run', '`kindred list` shows the runs', 2, { http: 404 }),
  RUNS_DIFFER: entry('the runs are not of one experiment', 'give runs that differ in their seed only; `kindred compare` sets different ones side by side', 2),
  PNG_UNAVAILABLE: entry('nothing here draws PNG', 'install its optional packages (npm install --include=optional), or write SVG: -o FILE.svg', 2),
  RUN_UNFINISHED: entry('the run has no results', 'let it end, or go on with it: `kindred resume RUN`', 2),
  RUNS_INCOMPARABLE: entry(
    'the runs cannot be compared',
    'compare runs of one problem that have seeds in common: `kindred sweep FILE --seeds 1..10` makes them',
    2,
  ),
  RUN_COMPLETED: entry('the run is completed', '`kindred show RUN` shows its results', 2),
  RUN_LIVE: entry('the run goes on', 'end it first; a process of it that was left behind can be ended by its id', 2),
  RUN_NOT_LIVE: entry(
    'the run does not go on',
    'only a run that goes on is broken, paused or stopped; `kindred resume RUN` continues one that ended early',
    2,
    { http: 409 },
  ),
  PROCESS_SHARED: entry('the fault would hit agents that it does not name', 'leave --agents-per-process out, or kill and pause only the coordinator', 2),
  RUN_NOT_RESUMABLE: entry('the run cannot be resumed', 'run the experiment again: the same seed gives the same bits', 2),
  ENGINE_MISSING: entry(
    'there is no container engine that answers',
    'install one (Debian: apt-get install docker.io docker-compose) and start it, or a private one as root: scripts/engine.sh start DIR',
    2,
  ),

  // What happened on the way.
  AGENT_LOST: entry('an agent was lost', 'its log is in the run directory under logs/', 1),
  AGENT_FAILED: entry('an agent failed', 'its log is in the run directory under logs/', 1),
  AGENT_STALLED: entry('an agent made no progress', 'its log is in the run directory under logs/', 1),
  AGENTS_MISSING: entry('not every agent joined in time', 'start the missing agents, or lower `agents`', 1),
  ENGINE_FAILED: entry('the container engine refused or did not answer', 'its own words are above; more is in the run directory under logs/', 1),
  COORDINATOR_LOST: entry('the coordinator was lost', 'its log is in the run directory under logs/', 1),
  COORDINATOR_UNREACHABLE: entry('the coordinator cannot be reached', 'check the URL given to --join and that the coordinator runs', 1, { http: 502 }),
  LINK_UNREACHABLE: entry('a link between two agents could not be opened', 'check that the agents can reach one another', 1),
  HISTORY_GONE: entry('a neighbour no longer keeps the vectors that this agent needs', 'its disk was full or slow for long; resume the run as a whole', 1),
  LOG_MISMATCH: entry('the run cannot be resumed from its log', 'resume it with the version of Kindred, of Node and on the kind of machine that began it', 1),
  PARAMETERS_NOT_FINITE: entry('an agent computed parameters that are not finite', 'lower the step size or eta', 1),
  COMBINATION_UNSTABLE: entry(
    'an agent was told to combine in a way that is not stable',
    'a coordinator of the same version keeps eta within bounds; run the same version everywhere, or lower eta',
    1,
  ),
  CHECKPOINT_DAMAGED: entry('a checkpoint of an agent is damaged', 'the one before it is used, else the agent starts anew; look at the disk', 1),
  CHECKPOINT_UNWRITABLE: entry('a checkpoint of an agent cannot be written', 'free space on its disk; the last good checkpoint is kept', 1),
  LOG_DAMAGED: entry("the coordinator's log is damaged, or of another version", 'restore it from a copy, or start a new run; look at the disk', 1),
  LOG_UNWRITABLE: entry("the coordinator's log cannot be written", 'free space on its disk, then resume the run', 1),
  RUN_INTERRUPTED: entry('the run was interrupted', '`kindred resume RUN` goes on with it; a simulated one is started again', 130),
  INTERNAL: entry('a bug in Kindred', 'please report it with the log', 1),

  // What crossed a socket.
  PAGE_TOKEN: entry('the token of the live page is wrong or missing', 'open the whole address that was printed, with #token=...', 2, { http: 401 }),
  PAGE_READ_ONLY: entry('the token of the live page may watch only', "use the operator's address: it was printed where the run was started", 2, { http: 403 }),
  PAGE_ORIGIN: entry('the request was not meant for this server', 'use the address that was printed, not a name that points to it', 2, { http: 403 }),
  PAGE_CROWDED: entry('too many watch this run', 'close another page of it', 2, { http: 503 }),
  SNAPSHOT_MISMATCH: entry(
    'what a learner wrote down to continue from does not fit this run',
    'it is of another experiment or version: start the run anew, in a directory of its own',
    1,
  ),
  WIRE_TOKEN: entry('the join token is wrong', 'give the token that the coordinator wrote to its token file', 2, { http: 401, close: 4401 }),
  WIRE_VERSION: entry('the protocol versions differ', 'run the same version of Kindred everywhere', 2, { http: 426, close: 4426 }),
  WIRE_GARBAGE: entry('a frame could not be decoded', 'is something other than Kindred talking to this port?', 1, { close: 4400 }),
  WIRE_CORRUPT: entry('a frame was damaged on its way', 'it is sent again; where this goes on, look at the network between the two ends', 1, { close: 4412 }),
  WIRE_TOO_LARGE: entry('a frame is larger than the limit', 'the limit follows from the dimension of the problem', 1, { close: 1009 }),
  WIRE_UNEXPECTED: entry('a message came out of order', 'run the same version of Kindred everywhere', 1, { close: 4409 }),
  WIRE_DUPLICATE_AGENT: entry('another process already joined under this index', 'give every agent its own --index', 2, { close: 4410 }),
  WIRE_FENCED: entry('another process took over this agent', 'this one is the older: it ends; the run goes on with the newer', 1, { close: 4411 }),
  AGENT_UNKNOWN: entry('the run has no agent of this index', 'indices go from 0 to one below `agents`', 2, { close: 4414 }),
  AGENT_AHEAD: entry('the agent knows of stages that the coordinator does not', "the coordinator's log was lost or is of another run: start the run again", 1, {
    close: 4415,
  }),
  RUN_OVER: entry('the run is over', 'nobody is needed any more; `kindred list` shows the runs', 1, { close: 4413 }),
  WIRE_SILENT: entry('the other end went silent', 'it is stopped, overloaded or unreachable', 1, { close: 4408 }),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** One expected failure: its code, what exactly happened, and where (file:line:column or a name). */
export class KindredError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly where: string | undefined;

  constructor(code: ErrorCode, detail: string, options: { where?: string; cause?: unknown } = {}) {
    super(`${options.where === undefined ? '' : `${options.where} `}${detail}`, { cause: options.cause });
    this.name = 'KindredError';
    this.code = code;
    this.detail = detail;
    this.where = options.where;
  }

  get hint(): string {
    return ERRORS[this.code].hint;
  }

  get exit(): number {
    return ERRORS[this.code].exit;
  }
}

/** A broken invariant is a bug, never a user's mistake. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new KindredError('INTERNAL', message);
}

/** The WebSocket close code of an error; 1011 (internal error) where it has none of its own. */
export function closeCode(code: ErrorCode): number {
  const { close }: ErrorEntry = ERRORS[code];
  return close ?? 1011;
}
