/** The coordinator's HTTP interface as the page uses it. Every request goes to the origin that the page came from. */
import type { RunListing, RunView } from '../core/run-view.ts';
import type { FaultEntry } from './model/fault-entry.ts';
import { token } from './session.ts';

const ANSWER_DEADLINE_MS = 15_000;

/** What the server answered instead of what was asked for. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function fetchRuns(): Promise<readonly RunListing[]> {
  return (await ask('GET', '/api/runs')).json() as Promise<readonly RunListing[]>;
}

export async function fetchRun(runId: string): Promise<RunView> {
  return (await ask('GET', runPath(runId))).json() as Promise<RunView>;
}

/** It goes on for as long as the run does, and ends by `signal`. */
export async function openStream(runId: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { body } = await ask('GET', `${runPath(runId)}/stream`, { signal });
  if (body === null) throw new Refusal(0, 'the server sent an empty stream');
  return body;
}

export async function injectFaults(runId: string, entries: readonly FaultEntry[]): Promise<void> {
  await ask('POST', `${runPath(runId)}/faults`, { body: entries });
}

export async function clearFaults(runId: string): Promise<void> {
  await ask('DELETE', `${runPath(runId)}/faults`);
}

export async function fetchPlan(runId: string): Promise<string> {
  return (await ask('GET', `${runPath(runId)}/faults.yaml`)).text();
}

export type Steering = 'pause' | 'resume' | 'stop';

export async function steer(runId: string, how: Steering): Promise<void> {
  await ask('POST', `${runPath(runId)}/${how}`);
}

function runPath(runId: string): string {
  return `/api/runs/${encodeURIComponent(runId)}`;
}

interface Asked {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

async function ask(method: string, path: string, { body, signal }: Asked = {}): Promise<Response> {
  const bearer = token();
  const headers = { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(path, {
    method,
    headers,
    signal: signal ?? AbortSignal.timeout(ANSWER_DEADLINE_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Refusal(response.status, await reasonOf(response));
  return response;
}

async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `the server answered ${response.status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`;
}

/** In words for a reader. */
export function wordsOf(error: unknown): string {
  if (error instanceof Refusal && error.status === 401)
    return 'This page has no token for this run, or a wrong one: open it by the address that Kindred printed.';
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${ANSWER_DEADLINE_MS / 1_000} s`;
  // What a browser says of a server that is not there.
  if (error instanceof TypeError) return 'the server cannot be reached';
  return error instanceof Error ? error.message : String(error);
}
