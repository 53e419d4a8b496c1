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
  /** Rounds after which an arm on a table stops, settled or not. */
  tableRoundsMax: 500,
  /** Longer arms are recorded less often than output.every asks. */
  curvePointsMax: 10_000,

  /** The part of a control frame that does not grow with the run; also the body of an HTTP request. */
  controlFrameBytesMax: 64 * 1024,
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

  /** A name: of a strategy, of a named vector, an error code. */
  nameCharsMax: 128,
  /** An address that an agent can be dialled at. */
  endpointCharsMax: 256,
  /** A link secret or a ticket. */
  secretCharsMax: 256,
  /** Text for people inside a message; longer text is cut. */
  textCharsMax: 1_024,
  /** The job in Welcome, as JSON. */
  jobCharsMax: 1024 * 1024,
  /** Kinds of evidence that an estimator may ask for. */
  needsMax: 16,
  /** Candidates of eta in one bank. */
  etasMax: 64,
  /** Named vectors in one report. */
  reportVectorsMax: 64,
  /** Size of one report, in vectors of the problem's dimension. */
  reportDimensionsMax: 16,
  /** Room for one neighbour (endpoint, ticket, numbers) in the frame that assigns links. */
  neighbourBytesMax: 640,

  /** Silence towards the other end after which a heartbeat is sent. */
  heartbeatMs: 350,
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
  /** Agents and coordinator started by hand, on several machines. */
  joinRemoteMs: 600_000,
  /** How long an agent tries to open the links of its plan (LINK_UNREACHABLE). */
  connectMs: 15_000,
  /** How long an agent may make no progress in a stage (AGENT_STALLED). */
  stallMs: 60_000,
  /** How long the end of a run waits for agents to leave. */
  shutdownMs: 5_000,
  /** Longest first wait before dialling again; it doubles up to the next limit, with full jitter. */
  dialBackoffMinMs: 100,
  /** Longest wait between two attempts to dial. */
  dialBackoffMaxMs: 5_000,
} as const;
