/**
 * A port of this machine's loopback that nobody uses, and that stays so: below the range from which systems take the ports of
 * outgoing connections. Who listens there may be away for a while and find it again.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { KindredError } from '../core/errors.ts';

const [LOWEST, HIGHEST] = [20_000, 32_767];
const TRIES = 50;

/** Throws PORT_IN_USE. */
export async function freePort(draw = (): number => randomInt(LOWEST, HIGHEST + 1)): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = draw();
    if (await isFree(port)) return port;
  }
  throw new KindredError('PORT_IN_USE', `${TRIES} ports from ${LOWEST} to ${HIGHEST} are all in use`, { where: '127.0.0.1' });
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    // In use, or not ours to take.
    return false;
  } finally {
    server.close();
  }
}
