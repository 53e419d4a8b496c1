/**
 * Who may open which link, and who is who. The join token lets an agent join; every agent gets a link secret of its own,
 * and every dialler a ticket made from the LISTENER's secret, so that a listener can check a ticket before it knows its plan.
 * A session proves to the coordinator that an agent is the one it welcomed before, and which incarnation of it.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from './secret.ts';

export interface Dialler {
  readonly agent: number;
  readonly incarnation: number;
}

export function newToken(): string {
  return randomBytes(32).toString('hex');
}

/** The secret of agent k in this run. */
export function linkSecret(token: string, run: string, agent: number): string {
  return hmac(token, `link:${run}:${agent}`);
}

/** What `dialler` shows to the listener that owns `secret`: its index, its incarnation and a ticket. */
export function linkBearer(secret: string, { agent, incarnation }: Dialler): string {
  const who = `${agent}.${incarnation}`;
  return `${who}.${hmac(secret, who)}`;
}

/** The dialler that a bearer proves, or undefined. */
export function diallerOf(secret: string, bearer: string): Dialler | undefined {
  const parts = /^(\d{1,6})\.(\d{1,9})\./.exec(bearer);
  const dialler = { agent: Number(parts?.[1] ?? Number.NaN), incarnation: Number(parts?.[2] ?? Number.NaN) };
  return sameSecret(bearer, linkBearer(secret, dialler)) ? dialler : undefined;
}

/** What an agent shows when it comes back: `run.agent.incarnation.proof`. Run ids hold no dots. */
export function sessionOf(token: string, run: string, agent: number, incarnation: number): string {
  const who = `${run}.${agent}.${incarnation}`;
  return `${who}.${hmac(token, `session:${who}`)}`;
}

/** Whose session it says it is, and whether that is proven: a resumed run has a new token, so an old session proves nothing. */
export function readSession(token: string, run: string, session: string): (Dialler & { readonly proven: boolean }) | undefined {
  const [ofRun, agent, incarnation] = session.split('.');
  if (ofRun !== run || agent === undefined || incarnation === undefined) return undefined;
  const dialler = { agent: Number(agent), incarnation: Number(incarnation) };
  return { ...dialler, proven: sameSecret(session, sessionOf(token, run, dialler.agent, dialler.incarnation)) };
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
