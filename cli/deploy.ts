/** `kindred deploy compose|swarm FILE -o DIR`: the experiment as files for a container engine, and the next command to type. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { KindredError } from '../core/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { experimentHash, loadExperiment } from '../config/load.ts';
import type { ReadFile } from '../config/table-facts.ts';
import { composeText } from '../deploy/compose-file.ts';
import { COORDINATOR_PORT, deploymentOf, RUN_PATH } from '../deploy/deployment.ts';
import type { Deployment } from '../deploy/deployment.ts';
import { slotPath, stackText } from '../deploy/stack-file.ts';
import { portOf } from './coordinator.ts';
import { containerUser, knownRun, writeFolder } from './deployment-folder.ts';
import type { WrittenFile } from './deployment-folder.ts';
import { newRunId } from './new-run.ts';
import { ownImage } from './own-package.ts';
import { collect } from './run.ts';

interface DeployFlags {
  readonly output: string;
  readonly set: readonly string[];
  readonly image?: string;
  readonly port?: string;
  readonly json?: boolean;
}

type Kind = 'compose' | 'swarm';

/** The JSON of `deploy --json`. */
interface Deployed {
  readonly kind: Kind;
  readonly runId: string;
  readonly agents: number;
  readonly image: string;
  readonly file: string;
  readonly results: string;
  readonly next: string;
}

const FILES = { compose: 'compose.yaml', swarm: 'stack.yaml' } as const satisfies Record<Kind, string>;
const EXAMPLE = `
Examples:
  $ kindred deploy compose examples/paper.yaml -o paper
  $ kindred deploy swarm examples/paper.yaml -o paper -c agents=64`;

export function addDeployCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  const deploy = program
    .command('deploy')
    .summary('write an experiment as files for a container engine')
    .description('Write all that a container engine needs to run the experiment of FILE: services, job, join token, tables.')
    .addHelpText('after', EXAMPLE);
  const sub = (kind: Kind, description: string): Command =>
    deploy
      .command(kind)
      .description(description)
      .argument('<file>', 'experiment file (YAML)')
      .requiredOption('-o, --output <dir>', 'where to write; written again for the same experiment, it keeps its run and its token')
      .option('-c, --set <path=value>', 'override a key of the file; path=null takes it out (repeatable)', collect, [])
      .option('--image <name>', 'the image of coordinator and agents; kindred:VERSION if not given')
      .option('--json', 'print JSON')
      .action((file: string, flags: DeployFlags) => {
        const deployed = writeDeployment(kind, file, flags);
        write(flags.json === true ? `${JSON.stringify(deployed)}\n` : deployedText(deployed));
      });
  sub('compose', 'compose.yaml: every agent a service of its own, on the engine of one machine').option(
    '--port <n>',
    "where the coordinator answers on this machine's loopback; 0 takes a free one",
    String(COORDINATOR_PORT),
  );
  sub('swarm', 'stack.yaml: one service of many agents, on a Docker Swarm of one node or more');
}

function writeDeployment(kind: Kind, file: string, { output, set, image = ownImage(), port = '0' }: DeployFlags): Deployed {
  const readFile: ReadFile = (path) => readFileSync(path, 'utf8');
  const experiment = loadExperiment(file, { overrides: set, environment: process.env, readFile });
  refuseProcessFaults(experiment, file);
  const identity = { kind, hash: experimentHash(experiment) };
  const runId = knownRun(output, identity) ?? newRunId(experiment);
  const deployment = deploymentOf({ experiment, runId, image, user: containerUser(), mode: kind, readFile });
  writeFolder(output, identity, runId, kind === 'compose' ? composeFiles(deployment, portOf(port)) : stackFiles(deployment));
  const main = join(output, FILES[kind]);
  return { kind, runId, agents: experiment.agents, image, file: main, results: join(output, RUN_PATH), next: nextCommand(kind, main, runId) };
}

/** Agents enact faults of links by themselves; nobody here would kill or pause a container. */
function refuseProcessFaults({ faults }: Experiment, file: string): void {
  const fault = faults.find(({ action: { kind } }) => kind === 'kill' || kind === 'pause');
  if (fault === undefined) return;
  throw new KindredError('CONFIG_UNSUPPORTED', `a deployment has nobody who would ${fault.action.kind} by plan; \`kindred run --mode compose\` has`, {
    where: file,
  });
}

function composeFiles(deployment: Deployment, port: number): WrittenFile[] {
  return [
    open(FILES.compose, composeText(deployment, { port })),
    // Else the project would be named after the folder, and two folders of one name would be one project.
    open('.env', `COMPOSE_PROJECT_NAME=${deployment.runId}\n`),
    ...filesOf(deployment),
  ];
}

function stackFiles(deployment: Deployment): WrittenFile[] {
  const tables = deployment.agents.flatMap(({ party, files }) => files.map(({ path, text }) => closed(slotPath(path, Number(party)), text)));
  return [
    open(FILES.swarm, stackText(deployment)),
    ...[...deployment.coordinator.files, ...deployment.shared].map(({ path, text }) => closed(path, text)),
    ...tables,
  ];
}

const open = (path: string, text: string): WrittenFile => ({ path, text, isPrivate: false });
const closed = (path: string, text: string): WrittenFile => ({ path, text, isPrivate: true });
const filesOf = ({ coordinator, agents, shared }: Deployment): WrittenFile[] =>
  [...[coordinator, ...agents].flatMap(({ files }) => files), ...shared].map(({ path, text }) => closed(path, text));

function nextCommand(kind: Kind, file: string, runId: string): string {
  if (kind === 'compose') return `docker compose -f ${quoted(file)} up`;
  return `docker stack deploy --resolve-image never -c ${quoted(file)} ${runId}`;
}

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

function deployedText({ runId, agents, image, file, results, next }: Deployed): string {
  return [`${file}: a coordinator and ${agents} agents of ${image}, for the run ${runId}`, `  start it:  ${next}`, `  results:   ${results}`, ''].join('\n');
}
