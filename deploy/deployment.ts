/**
 * An experiment as containers: who there is, what each runs, and which files each may see. Pure data, from which
 * compose-file.ts and stack-file.ts make text, and whose files the command writes.
 *
 * 1. An agent sees the join token, its own table, which nobody else sees, and the modules of one's own, compiled: no code comes
 *    over a link. The coordinator sees its job, with the same modules, and the graphs.
 * 2. Agents reach one another over the network `data` only, by names that exist there only; the coordinator is not on it.
 * 3. Nothing secret is in here: the token is a file that the containers find at TOKEN_FILE.
 */
import type { CoordinatorJob } from '../config/coordinator-job.ts';
import { hasTable, type Experiment, type GraphSpec, type TableSource } from '../config/experiment.ts';
import { experimentHash } from '../config/load.ts';
import type { OwnModule } from '../config/own-module.ts';
import { splitTable } from '../config/split-table.ts';
import { readFailure } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';
import { KindredError } from '../core/errors.ts';
import type { EngineEnacts } from '../core/fault/engine-faults.ts';
import type { Party } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import { agentResources, coordinatorResources } from './resources.ts';
import type { Resources } from './resources.ts';

export interface DeploymentOptions {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly image: string;
  /** uid:gid of everything that runs in a container. */
  readonly user: string;
  /** As the run's record shows it. */
  readonly mode: string;
  readonly joinMs?: number;
  /** What the engine enacts of the fault plan, where somebody supervises it. */
  readonly engine?: EngineEnacts;
  readonly readFile: ReadFile;
}

/** Of the folder that all is written to, and where a container finds it. */
export interface DeployedFile {
  readonly path: string;
  readonly target: string;
  readonly text: string;
}

export interface Service {
  readonly party: Party;
  readonly program: 'coordinator' | 'agent';
  readonly args: readonly string[];
  /** Read-only in its container. */
  readonly files: readonly DeployedFile[];
  readonly resources: Resources;
}

export interface Deployment extends Pick<DeploymentOptions, 'runId' | 'image' | 'user'> {
  readonly coordinator: Service;
  readonly agents: readonly Service[];
  /** What every agent sees beside its own files. */
  readonly shared: readonly DeployedFile[];
}

/** Where the coordinator listens in its container. */
export const COORDINATOR_PORT = 7373;
export const TOKEN_NAME = 'join-token';
/** In the folder of the deployment. */
export const TOKEN_PATH = `secrets/${TOKEN_NAME}`;
export const RUN_PATH = 'run';
/** In the containers. */
export const TOKEN_FILE = `/run/secrets/${TOKEN_NAME}`;
export const RUN_DIRECTORY = '/results';
export const STATE_DIRECTORY = '/state';
const JOB_FILE = '/job/coordinator.json';
const TABLE_FILE = '/data/table.csv';
const MODULES_FILE = '/modules/modules.json';
const ANYWHERE = '0.0.0.0';

export function deploymentOf(options: DeploymentOptions): Deployment {
  const { experiment, runId, image, user, readFile } = options;
  const graphs = graphFiles(experiment, readFile);
  const tables = agentTables(experiment, readFile);
  const jobFile = { path: 'coordinator.json', target: JOB_FILE, text: `${JSON.stringify(jobInContainer(options), null, 1)}\n` };
  return {
    runId,
    image,
    user,
    coordinator: {
      party: 'coordinator',
      program: 'coordinator',
      args: [JOB_FILE],
      files: [jobFile, ...graphs],
      resources: coordinatorResources(experiment),
    },
    agents: Array.from({ length: experiment.agents }, (_, agent) => agentService(experiment, agent, tables?.[agent])),
    shared: moduleFiles(experiment),
  };
}

/** What an agent is called with; the name must lead to it on the network `data`. */
export function agentArguments(
  index: string,
  advertised: string,
  { hasTable, hasModules }: { readonly hasTable: boolean; readonly hasModules: boolean },
): string[] {
  const join = ['--join', `ws://coordinator:${COORDINATOR_PORT}/agents`, '--token-file', TOKEN_FILE, '--index', index];
  const own = [...(hasTable ? ['--data', TABLE_FILE] : []), ...(hasModules ? ['--modules', MODULES_FILE] : [])];
  // The folder itself belongs to the image: the agent makes one of its own in it.
  return [...join, '--host', ANYWHERE, '--advertise', advertised, '--state', `${STATE_DIRECTORY}/agent`, ...own];
}

/** How containers, networks and volumes of a run are found; never by their names. */
export const RUN_LABEL = 'kindred.run';
export const PARTY_LABEL = 'kindred.party';

/** Of a service, and in its label. */
export const partyName = (party: Party): string => (party === 'coordinator' ? party : `agent-${party}`);

/** Whose it is, by its label. */
export const partyOf = (name: string): Party => (name === 'coordinator' ? name : Number(name.replace(/^agent-/, '')));

/** A name that only the network `data` knows. */
export const advertisedName = (party: Party): string => `${partyName(party)}.data`;

/** How long a container may take to end by itself before it is killed. */
export const stopSeconds = Math.ceil((LIMITS.shutdownMs + LIMITS.closeMs) / 1_000);

function agentService(experiment: Experiment, agent: number, table: string | undefined): Service {
  return {
    party: agent,
    program: 'agent',
    args: agentArguments(String(agent), advertisedName(agent), { hasTable: table !== undefined, hasModules: experiment.modules !== undefined }),
    files: table === undefined ? [] : [{ path: `data/${partyName(agent)}.csv`, target: TABLE_FILE, text: table }],
    resources: agentResources(experiment, table?.length ?? 0),
  };
}

function jobInContainer({ experiment: given, runId, mode, joinMs = LIMITS.joinRemoteMs, engine }: DeploymentOptions): CoordinatorJob {
  const experiment = inContainer(given);
  return {
    experiment,
    hash: experimentHash(experiment),
    runId,
    mode,
    directory: RUN_DIRECTORY,
    tokenFile: TOKEN_FILE,
    host: ANYWHERE,
    port: COORDINATOR_PORT,
    joinMs,
    ...(engine === undefined ? {} : { engine }),
  };
}

/** Where their sources were is nobody's business. */
function modulesInContainer(modules: readonly OwnModule[]): OwnModule[] {
  return modules.map((module) => ({ ...module, source: module.name }));
}

function moduleFiles({ modules }: Experiment): DeployedFile[] {
  return modules === undefined ? [] : [{ path: 'modules.json', target: MODULES_FILE, text: JSON.stringify(modulesInContainer(modules)) }];
}

/** The same experiment, its files where the containers have them; rows stay with the agents. */
function inContainer(experiment: Experiment): Experiment {
  const { problem, network, output, agentNames } = experiment;
  // A given relationship goes with the experiment: where its file was is nobody's business.
  const { file: _file, ...relationship } = experiment.relationship;
  const moved: Experiment = {
    ...experiment,
    ...(experiment.modules === undefined ? {} : { modules: modulesInContainer(experiment.modules) }),
    relationship,
    network: { ...network, graph: moveGraph(network.graph, 'network') },
    output: { ...output, directory: RUN_DIRECTORY },
  };
  if (problem.kind === 'gmrf-regression') return { ...moved, problem: { ...problem, graph: moveGraph(problem.graph, 'problem') } };
  if (!hasTable(problem)) return moved;
  const { path: _path, sites: _sites, ...rest } = problem;
  return { ...moved, problem: { ...rest, sites: agentNames.map((name) => ({ name })) } };
}

const graphPath = (role: string): string => `graphs/${role}.csv`;
const moveGraph = (graph: GraphSpec, role: string): GraphSpec => (typeof graph === 'string' ? graph : { file: `/${graphPath(role)}` });

function graphFiles({ problem, network }: Experiment, readFile: ReadFile): DeployedFile[] {
  const graphs = { network: network.graph, ...(problem.kind === 'gmrf-regression' ? { problem: problem.graph } : {}) };
  return Object.entries(graphs).flatMap(([role, graph]) =>
    typeof graph === 'string' ? [] : [{ path: graphPath(role), target: `/${graphPath(role)}`, text: readOrRefuse(graph.file, 'GRAPH_INVALID', readFile) }],
  );
}

/** The text of every agent's own table, in agent order; undefined where there are none. */
function agentTables({ problem }: Experiment, readFile: ReadFile): string[] | undefined {
  if (!hasTable(problem)) return undefined;
  const { path } = problem;
  if (path !== undefined) return splitTable(readOrRefuse(path, 'TABLE_UNREADABLE', readFile), { ...problem, path });
  return siteTables(problem, readFile);
}

function siteTables({ sites = [] }: TableSource, readFile: ReadFile): string[] {
  return sites.map(({ name, file }) => {
    if (file === undefined) throw new KindredError('TABLE_UNREADABLE', `the table of "${name}" is not on this machine: give its \`file\``);
    return readOrRefuse(file, 'TABLE_UNREADABLE', readFile);
  });
}

function readOrRefuse(path: string, code: 'GRAPH_INVALID' | 'TABLE_UNREADABLE', readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (cause) {
    throw new KindredError(code, readFailure(cause), { where: path, cause });
  }
}
