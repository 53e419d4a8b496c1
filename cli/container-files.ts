/**
 * The files that the containers of one run are made from, in the run's own directory under deploy/. The directory itself is
 * the coordinator's: nothing of the run is copied. Containers never run as root: what root's run hands over to them
 * meanwhile is root's again at the end.
 */
import { lchownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EngineEnacts } from '../core/fault/engine-faults.ts';
import { LIMITS } from '../core/limits.ts';
import type { Experiment } from '../config/experiment.ts';
import { composeText } from '../deploy/compose-file.ts';
import { deploymentOf } from '../deploy/deployment.ts';
import type { Deployment, DeployedFile } from '../deploy/deployment.ts';
import { containerUser } from './deployment-folder.ts';
import type { NewRun } from './new-run.ts';
import { writing } from './run-files.ts';

interface What {
  readonly experiment: Experiment;
  readonly image: string;
  readonly mode: string;
  readonly engine: EngineEnacts;
  /** Where the coordinator answers on this machine: an engine that chooses would choose again at every restart, and pages would lose it. */
  readonly port: number;
}

const OWNER_ONLY = 0o600;

export class ContainerFiles {
  readonly #run: NewRun;
  readonly #folder: string;
  /** compose.yaml */
  readonly compose: string;

  constructor(run: NewRun) {
    this.#run = run;
    this.#folder = join(run.directory, 'deploy');
    this.compose = join(this.#folder, 'compose.yaml');
  }

  write({ experiment, image, mode, engine, port }: What): void {
    const { runId } = this.#run;
    const readFile = (path: string): string => readFileSync(path, 'utf8');
    const user = containerUser();
    const joinMs = LIMITS.joinContainersMs + experiment.agents * LIMITS.joinPerContainerMs;
    const deployment = deploymentOf({ experiment, runId, image, mode, user, joinMs, readFile, engine });
    for (const { path, text } of filesOf(deployment)) this.#put(path, text);
    this.#put('compose.yaml', composeText(deployment, { port, runPath: '..', tokenPath: '../join-token' }));
    this.#give(user);
  }

  /** When no container is left: everything belongs to who started the run, and the agents' tables stay where they came from. */
  takeBack(): void {
    rmSync(join(this.#folder, 'data'), { recursive: true, force: true });
    this.#give(`${process.getuid?.()}:${process.getgid?.()}`);
  }

  #put(path: string, text: string): void {
    const file = join(this.#folder, path);
    writing(file, () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode: OWNER_ONLY });
    });
  }

  /** Only root can, and only root must. */
  #give(user: string): void {
    if (process.getuid?.() !== 0) return;
    const [uid, gid] = user.split(':').map(Number);
    const { directory } = this.#run;
    // With their types: otherwise links are followed, out of the directory.
    const inside = readdirSync(directory, { recursive: true, withFileTypes: true }).map(({ parentPath, name }) => join(parentPath, name));
    writing(directory, () => [directory, ...inside].forEach((path) => lchownSync(path, uid, gid)));
  }
}

function filesOf({ coordinator, agents, shared }: Deployment): DeployedFile[] {
  return [...[coordinator, ...agents].flatMap(({ files }) => files), ...shared];
}
