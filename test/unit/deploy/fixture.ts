/** Deployments of small experiments, and their generated text read back. */
import { composeText } from '../../../deploy/compose-file.ts';
import { deploymentOf } from '../../../deploy/deployment.ts';
import type { Deployment, DeploymentOptions } from '../../../deploy/deployment.ts';
import { stackText } from '../../../deploy/stack-file.ts';
import { parseValue } from '../../../config/source.ts';
import { CSV, load, PAPER, TABLE } from '../config/fixture.ts';

export interface Written {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly networks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly configs?: Readonly<Record<string, unknown>>;
}

export const RUN = 'paper-20260101-120000-a1b2';
export const OPTIONS = { runId: RUN, image: 'kindred:test', user: '1000:1000', mode: 'compose', readFile: () => CSV } as const;

export function paper(agents: number, more: Partial<DeploymentOptions> = {}): Deployment {
  const experiment = load(PAPER, { overrides: [`agents=${agents}`, 'problem.graph=ring'] });
  return deploymentOf({ experiment, ...OPTIONS, ...more });
}

export function table(more: Partial<DeploymentOptions> = {}): Deployment {
  return deploymentOf({ experiment: load(TABLE), ...OPTIONS, ...more });
}

export const written = (text: string): Written => parseValue(text) as Written;
export const compose = (deployment: Deployment, port = 7373): Written => written(composeText(deployment, { port }));
export const stack = (deployment: Deployment): Written => parseValue(stackText(deployment)) as Written;
