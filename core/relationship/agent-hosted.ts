/** The registry of estimators that agents host: they load these, and not those of the coordinator, which need eigenvalues. */
import type { AgentHostedEstimator } from './among-agents.ts';
import { flooded } from './flooded.ts';
import { neighbourhood } from './neighbourhood.ts';

export const AGENT_HOSTED: Readonly<Record<string, AgentHostedEstimator>> = { neighbourhood, flooded };

export function agentHostedByName(name: string): AgentHostedEstimator | undefined {
  return Object.hasOwn(AGENT_HOSTED, name) ? AGENT_HOSTED[name] : undefined;
}
