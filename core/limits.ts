/** Every bound of the system in one object, with its unit in its name. docs/limits.md is generated from it, comments included. */
export const LIMITS = {
  /** Fewest agents of a run: a relationship needs two. */
  agentsMin: 2,
  /** Most agents of a run. */
  agentsMax: 1_000,
  /** Most parameters of one agent. */
  dimensionMax: 1_000_000,
  /** Most parameters of a table's agent, intercept included: local problems are solved exactly by Cholesky or Newton. */
  exactSolveDimensionMax: 512,
  /** Most units of a network's hidden layer. */
  hiddenMax: 256,
  /** Fewest training rows of a table that stays at its site: mean and spread of two rows are the rows themselves. */
  ownTrainingRowsMin: 3,
  /** Most parameters of all agents together that are solved for at once, over a graph on top of a prior. */
  jointParametersMax: 2_000,
  /** Most tasks whose groups are proven best: every one of their 2^n subsets is a column. Beyond, groups are searched for. */
  tasksGroupedMax: 20,
  /** How long the best of many groupings is looked for. */
  groupsMs: 300_000,
  /** Newton steps that one question about a prior may ask for. */
  newtonStepsMax: 100,
  /** Rounds after which an arm on a table stops, settled or not. */
  tableRoundsMax: 500,
  /** Runs of one sweep. */
  sweepCellsMax: 10_000,
  /** Longer arms are recorded less often than output.every asks. */
  curvePointsMax: 10_000,

  /** The part of a control frame that does not grow with the run; also the body of an HTTP request. */
  controlFrameBytesMax: 64 * 1024,
  /** Frames between neighbours that are no vectors: what their links let through whatever the dimension. */
  linkControlFrameBytesMax: 4 * 1024,
  /** HTTP headers, and frames, before the other end has proved who it is. */
  unauthenticatedFrameBytesMax: 4 * 1024,
  /** Fragments of one WebSocket message. */
  frameFragmentsMax: 16,
  /** Bytes waiting to be sent from which `send` answers false. */
  linkBackpressureBytes: 4 * 1024 * 1024,
  /** Bytes waiting to be sent at which the link is cut (WIRE_SILENT). */
  linkBufferedBytesMax: 64 * 1024 * 1024,
  /** Frames that wait for a handler on a fresh link. */
  linkWaitingFramesMax: 1_024,

  /** A name: of a strategy, of a named vector, of a kind of notice, an error code. */
  nameCharsMax: 128,
  /** An address that an agent can be dialled at. */
  endpointCharsMax: 256,
  /** A link secret, a ticket or a session. */
  secretCharsMax: 256,
  /** Text for people inside a message; longer text is cut. */
  textCharsMax: 1_024,
  /** The job in Welcome, as JSON. */
  jobCharsMax: 1024 * 1024,
  /** One file of a module of one's own. */
  moduleCharsMax: 256 * 1024,
  /** How long it may take to load: it defines, and computes nothing yet. */
  moduleLoadMs: 10_000,
  /** A fault plan, as JSON. */
  faultPlanCharsMax: 256 * 1024,
  /** Kinds of evidence that an estimator may ask for. */
  needsMax: 16,
  /** Candidates of eta in one bank. */
  etasMax: 64,
  /** Arms of a run whose agents learn the relationship by themselves: all of them are told in one report. */
  autonomousArmsMax: 7,
  /** Named vectors in one report. */
  reportVectorsMax: 64,
  /** Size of one report, in vectors of the problem's dimension. */
  reportDimensionsMax: 16,
  /** Points of an arm's error curve that are told while it goes on: of more every second, third, ... one. */
  liveCurvePointsMax: 200,
  /** Arms that one progress message tells errors of. */
  progressArmsMax: 2,
  /** Links that one progress message tells of; of more the next ones are told by the next message. */
  progressLinksMax: 4,
  /** Room for one neighbour (endpoint, ticket, numbers) in a frame that lists neighbours. */
  neighbourBytesMax: 640,

  /** Silence towards the other end after which a heartbeat is sent. */
  heartbeatMs: 350,
  /** The last seconds that the health of a link is about; also how long an answer on a link is waited for. */
  linkWindowMs: 5_000,
  /** Silence of the other end after which it is suspected; recorded, nothing else. */
  suspectMs: 700,
  /** Silence of the other end after which the link is cut. */
  lostMs: 1_750,
  /** Lateness of this process's own timers above which the other end is given as much grace. */
  loopLagMs: 50,
  /** From the first byte of a connection to an open link, and from there to Hello. */
  handshakeMs: 3_000,
  /** From asking for a close to cutting the connection. */
  closeMs: 2_000,
  /** How long a run waits for its agents to join (AGENTS_MISSING), and an agent for its coordinator (COORDINATOR_UNREACHABLE). */
  joinMs: 30_000,
  /** Added to it for every agent that is started on the same machine: 64 of them take half a minute where it is busy. */
  joinPerAgentMs: 500,
  /** Agents and coordinator started by hand, on several machines. */
  joinRemoteMs: 600_000,
  /** How long a run waits for an agent that is away before it goes on without it or fails (AGENT_LOST). */
  rejoinMs: 30_000,
  /** How long an agent dials a neighbour before it asks the coordinator where it is; it goes on dialling. */
  connectMs: 5_000,
  /** How long an agent may make no progress in a stage (AGENT_STALLED). */
  stallMs: 60_000,
  /** How long a vector that is due may be missing before it is asked for again; doubled up to the next limit. */
  pullMs: 25,
  /** Longest wait between two requests for the same vector. */
  pullMaxMs: 200,
  /** How long an agent waits for its next assignment before it repeats its report; doubled up to the next limit. */
  repeatMinMs: 500,
  /** Longest wait between two repetitions of a report. */
  repeatMaxMs: 2_000,
  /** How long an agent that lost its coordinator waits for it to come back (COORDINATOR_LOST); it finishes its stage meanwhile. */
  coordinatorAwayMs: 600_000,
  /** Time between two checkpoints of an agent. */
  checkpointMs: 1_000,
  /** Own vectors an agent keeps for neighbours that may need them again; above it the oldest are dropped (HISTORY_GONE). */
  historyBytesMax: 64 * 1024 * 1024,
  /** One record of the coordinator's log: twice the largest report. */
  logRecordBytesMax: 256 * 1024 * 1024,
  /** How long a fault holds back a frame that no other comes to overtake. */
  reorderHoldMs: 20,
  /** Bytes of one direction of a connection that a connection fault holds back before the sender is no longer read. */
  proxyHeldBytesMax: 1024 * 1024,
  /** Frames that a fault holds back at once. */
  reorderFramesMax: 16,
  /** How often a process of a run that ended unplanned is started again within the time below; then it is given up. */
  restartsMax: 5,
  /** The time that unplanned restarts are counted in. */
  restartsWindowMs: 60_000,
  /** Wait before the first unplanned restart of a process; it doubles up to the next limit. */
  restartMinMs: 100,
  /** Longest wait before an unplanned restart. */
  restartMaxMs: 2_000,
  /** How long the coordinator may say nothing to its supervisor, and compute nothing, before it is killed and started again. */
  supervisorSilenceMs: 30_000,
  /** How long a command waits for the coordinator's answer. */
  commandMs: 10_000,
  /** How often a run in containers asks its coordinator how far it is: a fault by step begins so much later, and the engine's own time. */
  followMs: 100,
  /** Time between two looks at a run for those who watch it on the live page. */
  viewEveryMs: 500,
  /** How long somebody who watches may read nothing before the stream is cut; a page opens it again. */
  viewerStallMs: 30_000,
  /** How many may watch one run at once. */
  viewersMax: 64,
  /** One answer of a coordinator that is followed. */
  followAnswerMs: 2_000,
  /** How long one command of the container engine may take. */
  engineCommandMs: 60_000,
  /** How long the engine may take to start a container again whose process crashed, before it is told to. */
  engineRestartMs: 20_000,
  /** How long building the image, or bringing all containers of a run up or down, may take. */
  engineWorkMs: 600_000,
  /** How long a run in containers waits for its agents to join: they are started one after the other. */
  joinContainersMs: 180_000,
  /** Added to it, and to the time to bring them up, for every agent. */
  joinPerContainerMs: 1_000,
  /** How long the end of a run waits for agents to leave. */
  shutdownMs: 5_000,
  /** Longest first wait before dialling again; it doubles up to the next limit, with full jitter. */
  dialBackoffMinMs: 100,
  /** Longest wait between two attempts to dial. */
  dialBackoffMaxMs: 2_000,
} as const;
