/**
 * Whether the Kindred process of a container answers: `node dist/deploy/health.js [PORT]`, exit code 0 or 1.
 * With PORT: the coordinator's GET /health. Without: whoever listens here, on whatever port; any HTTP answer will do, since
 * it shows that the event loop turns. Asked for an upgrade that nobody offers, an agent answers 404 and logs nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const ANSWER_MS = 5_000;
/** State of a socket in /proc/net/tcp. */
const LISTENING = '0A';
/** The engine's name server lives in the container's network too. */
const NAME_SERVER = '127.0.0.11';

/** Who listens, from the text of /proc/net/tcp (addresses are little-endian there) or tcp6. */
export function listeners(table: string): Address[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === LISTENING)
    .map(([, local]) => addressOf(local))
    .filter(({ host }) => host !== NAME_SERVER);
}

function addressOf(local: string): Address {
  const [address, port] = local.split(':');
  const bytes = address.match(/../g)!.map((byte) => parseInt(byte, 16));
  const isAny = bytes.every((byte) => byte === 0);
  const isShort = bytes.length === 4;
  const host = isAny ? '127.0.0.1' : isShort ? bytes.toReversed().join('.') : '::1';
  return { host, port: parseInt(port, 16) };
}

/** The HTTP status of the answer; undefined where there is none in time. */
export function ask(address: Address, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get({ ...address, path: '/health', headers, timeout: ANSWER_MS }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

async function isHealthy(port: string | undefined): Promise<boolean> {
  if (port !== undefined) return (await ask({ host: '127.0.0.1', port: Number(port) })) === 200;
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
  const addresses = tables.flatMap(listeners);
  const answers = await Promise.all(addresses.map((address) => ask(address, { Connection: 'Upgrade', Upgrade: 'websocket' })));
  return answers.some((status) => status !== undefined);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit((await isHealthy(process.argv[2])) ? 0 : 1);
