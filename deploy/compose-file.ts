/**
 * compose.yaml: one named service per party, in the words that docker-compose 1.29 and Compose v2 share (so no top-level
 * `name`, no keys of v2 alone). Paths are relative to the file: its folder may be moved.
 *
 * Networks: `control` (everybody) and `data` (agents) have no way out; `outside` is there for the coordinator's port on
 * this machine's loopback.
 */
import { yamlText } from '../config/source.ts';
import {
  advertisedName,
  COORDINATOR_PORT,
  PARTY_LABEL,
  partyName,
  RUN_DIRECTORY,
  RUN_LABEL,
  RUN_PATH,
  STATE_DIRECTORY,
  stopSeconds,
  TOKEN_NAME,
  TOKEN_PATH,
} from './deployment.ts';
import type { DeployedFile, Deployment, Service } from './deployment.ts';

export interface ComposeOptions {
  /** Where the coordinator answers on this machine's loopback; 0 lets the engine choose. */
  readonly port: number;
  /** Of the run directory and the token, where they are not those of `kindred deploy`. */
  readonly runPath?: string;
  readonly tokenPath?: string;
}

export type Section = Readonly<Record<string, unknown>>;

export const LOG = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } };
/** Ended well stays ended; killed or crashed comes back and goes on; what fails at every start is given up. */
const RESTART = 'on-failure:20';
/** A check is a process of its own: many agents are asked less often. */
const AGENT_CHECK_SECONDS_MIN = 10;

export function composeText(deployment: Deployment, { port, runPath = RUN_PATH, tokenPath = TOKEN_PATH }: ComposeOptions): string {
  const { agents, runId } = deployment;
  const labels = runLabels(runId);
  return yamlText({
    services: {
      coordinator: coordinatorSection(deployment, port, runPath),
      ...Object.fromEntries(agents.map((agent) => [partyName(agent.party), agentSection(deployment, agent)])),
    },
    networks: { control: { internal: true, labels }, data: { internal: true, labels }, outside: { labels } },
    volumes: Object.fromEntries(agents.map((agent) => [stateOf(agent), { labels }])),
    secrets: { [TOKEN_NAME]: { file: `./${tokenPath}` } },
  });
}

export function runLabels(runId: string): Record<string, string> {
  return { [RUN_LABEL]: runId };
}

function coordinatorSection(deployment: Deployment, port: number, runPath: string): Section {
  const { coordinator } = deployment;
  return {
    ...serviceSection(deployment, coordinator),
    // Where it shares a folder that holds the agents' tables, these are hidden from it.
    ...(runPath === RUN_PATH ? {} : { tmpfs: ['/tmp', `${RUN_DIRECTORY}/deploy`] }),
    healthcheck: healthCheck([String(COORDINATOR_PORT)], { interval: '2s', retries: 60 }),
    networks: ['control', 'outside'],
    ports: [`127.0.0.1:${port === 0 ? '' : port}:${COORDINATOR_PORT}`],
    volumes: [{ type: 'bind', source: `./${runPath}`, target: RUN_DIRECTORY }, ...coordinator.files.map(readOnlyFile)],
  };
}

function agentSection(deployment: Deployment, agent: Service): Section {
  const interval = `${Math.max(AGENT_CHECK_SECONDS_MIN, deployment.agents.length)}s`;
  return {
    ...serviceSection(deployment, agent),
    healthcheck: healthCheck([], { interval, retries: 3 }),
    depends_on: { coordinator: { condition: 'service_healthy' } },
    networks: { control: {}, data: { aliases: [advertisedName(agent.party)] } },
    volumes: [{ type: 'volume', source: stateOf(agent), target: STATE_DIRECTORY }, ...[...agent.files, ...deployment.shared].map(readOnlyFile)],
  };
}

/** What all have in common, hardening first of all. */
function serviceSection({ image, user, runId }: Deployment, { party, program, args, resources }: Service): Section {
  return {
    image,
    labels: { ...runLabels(runId), [PARTY_LABEL]: partyName(party) },
    user,
    entrypoint: ['node', `programs/${program}`],
    command: args.map(literal),
    init: true,
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    pids_limit: resources.processes,
    mem_limit: resources.memoryBytes,
    cpus: resources.cpus,
    restart: RESTART,
    stop_grace_period: `${stopSeconds}s`,
    secrets: [TOKEN_NAME],
    logging: LOG,
  };
}

export function healthCheck(args: readonly string[], { interval, retries }: { readonly interval: string; readonly retries: number }): Section {
  return { test: ['CMD', 'node', 'dist/deploy/health.js', ...args], interval, timeout: '10s', retries, start_period: '30s' };
}

/** Compose replaces `$NAME` in every text. */
export const literal = (text: string): string => text.replaceAll('$', '$$$$');

const stateOf = ({ party }: Service): string => `state-${party}`;
const readOnlyFile = ({ path, target }: DeployedFile): Section => ({ type: 'bind', source: `./${path}`, target, read_only: true });
