/**
 * stack.yaml for `docker stack deploy`: the coordinator, and ONE service `agent` of K replicas. An agent's index is its slot
 * less one; its checkpoints are in a volume of that slot, its table in a file of that slot on the node it runs on. Swarm
 * knows no order of starting: agents dial until the coordinator is there.
 *
 * What differs from compose.yaml: the job, the modules and the token are configs and a secret of the cluster; results are a folder of a
 * manager node, as a bind mount; there is no published port, since a stack cannot publish on loopback alone; `security_opt`
 * does not exist here (set "no-new-privileges" in the engine's own configuration); agents have no health check, since a
 * task is in the name service only once it is healthy, and a check is a process for each of them.
 */
import { yamlText } from '../config/source.ts';
import { healthCheck, literal, LOG, runLabels } from './compose-file.ts';
import type { Section } from './compose-file.ts';
import { agentArguments, COORDINATOR_PORT, PARTY_LABEL, RUN_DIRECTORY, RUN_PATH, STATE_DIRECTORY, stopSeconds, TOKEN_NAME, TOKEN_PATH } from './deployment.ts';
import type { DeployedFile, Deployment, Service } from './deployment.ts';

const SLOT = '{{.Task.Slot}}';
const OWNER_ONLY = 0o400;

export function stackText(deployment: Deployment): string {
  const { runId, coordinator, shared } = deployment;
  const labels = runLabels(runId);
  const network = { driver: 'overlay', internal: true, labels };
  return yamlText({
    version: '3.8',
    services: { coordinator: coordinatorSection(deployment), agent: agentSection(deployment) },
    // Names of their own: a task's name is asked for on the network `data` alone.
    networks: { control: network, data: { ...network, name: dataNetwork(deployment) } },
    volumes: { state: { name: `${runId}-state-${SLOT}`, labels } },
    // Neither can be changed later: each run has its own.
    secrets: { [TOKEN_NAME]: { name: `${runId}-${TOKEN_NAME}`, file: `./${TOKEN_PATH}` } },
    configs: Object.fromEntries(
      [...coordinator.files, ...shared].map((file) => [configName(file), { name: `${runId}-${configName(file)}`, file: `./${file.path}` }]),
    ),
  });
}

/** Where the agent of a slot finds its table: slots count from 1. */
export function slotPath(path: string, agent: number): string {
  return path.replace(`agent-${agent}`, `slot-${agent + 1}`);
}

const dataNetwork = ({ runId }: Deployment): string => `${runId}-data`;
const configName = ({ path }: DeployedFile): string => path.replaceAll(/[^a-z]+/g, '-');

const configOf = (file: DeployedFile): Section => ({ source: configName(file), target: file.target, mode: 0o444 });

function coordinatorSection(deployment: Deployment): Section {
  const { coordinator } = deployment;
  return {
    ...serviceSection(deployment, coordinator),
    entrypoint: ['node', `programs/${coordinator.program}`],
    command: coordinator.args.map(literal),
    // Who is unhealthy is replaced here: a large estimate must not look like that.
    healthcheck: healthCheck([String(COORDINATOR_PORT)], { interval: '2s', retries: 150 }),
    networks: ['control'],
    volumes: [temporary(), { type: 'bind', source: `./${RUN_PATH}`, target: RUN_DIRECTORY }],
    configs: coordinator.files.map(configOf),
    deploy: { ...deploySection(deployment, coordinator), placement: { constraints: ['node.role == manager'] } },
  };
}

function agentSection(deployment: Deployment): Section {
  const { agents, shared } = deployment;
  const [first] = agents;
  const args = agentArguments('$((KINDRED_SLOT - 1))', `$KINDRED_TASK.${dataNetwork(deployment)}`, {
    hasTable: first.files.length > 0,
    hasModules: shared.length > 0,
  });
  const tables = first.files.map(({ path, target }) => ({
    type: 'bind',
    source: `./${slotPath(path, 0).replace('slot-1', `slot-${SLOT}`)}`,
    target,
    read_only: true,
  }));
  const largest = agents.reduce((most, agent) => (agent.resources.memoryBytes > most.resources.memoryBytes ? agent : most));
  return {
    ...serviceSection(deployment, first),
    hostname: `agent-${SLOT}`,
    environment: { KINDRED_SLOT: SLOT, KINDRED_TASK: '{{.Task.Name}}' },
    entrypoint: ['sh', '-c'],
    command: [literal(`exec node programs/${first.program} ${args.join(' ')}`)],
    healthcheck: { disable: true },
    networks: ['control', 'data'],
    volumes: [temporary(), { type: 'volume', source: 'state', target: STATE_DIRECTORY }, ...tables],
    ...(shared.length === 0 ? {} : { configs: shared.map(configOf) }),
    deploy: { replicas: agents.length, ...deploySection(deployment, largest) },
  };
}

function serviceSection({ image, user, runId }: Deployment, { program }: Service): Section {
  const [uid, gid] = user.split(':');
  return {
    image,
    // Of the containers; the section `deploy` has those of the service.
    labels: { ...runLabels(runId), [PARTY_LABEL]: program },
    user,
    init: true,
    read_only: true,
    cap_drop: ['ALL'],
    stop_grace_period: `${stopSeconds}s`,
    secrets: [{ source: TOKEN_NAME, target: TOKEN_NAME, uid, gid, mode: OWNER_ONLY }],
    logging: LOG,
  };
}

function deploySection({ runId }: Deployment, { program, resources }: Service): Section {
  return {
    // Names lead to tasks, not to an address in front of them.
    endpoint_mode: 'dnsrr',
    labels: { ...runLabels(runId), [PARTY_LABEL]: program },
    resources: { limits: { cpus: String(resources.cpus), memory: String(resources.memoryBytes) } },
    restart_policy: { condition: 'on-failure', delay: '1s' },
  };
}

/** `tmpfs` on its own is ignored in a stack. */
const temporary = (): Section => ({ type: 'tmpfs', target: '/tmp' });
