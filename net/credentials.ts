/**
 * Who may open which link. The join token lets an agent join; every agent gets a link secret of its own, and every
 * dialler a ticket made from the LISTENER's secret, so that a listener can check a ticket before it knows its plan.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from './secret.ts';

export function newToken(): string {
  return randomBytes(32).toString('hex');
}

/** The secret of agent k in this run. */
export function linkSecret(token: string, run: string, agent: number): string {
  return hmac(token, `link:${run}:${agent}`);
}

/** What `dialler` shows to the listener that owns `secret`: its index and a ticket. */
export function linkBearer(secret: string, dialler: number): string {
  return `${dialler}.${hmac(secret, String(dialler))}`;
}

/** The dialler that a bearer proves, or undefined. */
export function diallerOf(secret: string, bearer: string): number | undefined {
  const dialler = Number(/^(\d{1,6})\./.exec(bearer)?.[1] ?? Number.NaN);
  return sameSecret(bearer, linkBearer(secret, dialler)) ? dialler : undefined;
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
