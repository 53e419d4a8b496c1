/**
 * The image that coordinator and agents run in, built from this checkout when it is not up to date (deploy/build-image.sh).
 * The base is the local one where there is one (deploy/base-image.sh), else the official image of Node.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { command } from './engine.ts';
import { ownFolder, ownImage } from './own-package.ts';

const LOCAL_BASE = 'kindred-base';
/** Instead of building: an image that is there. */
const IMAGE_VARIABLE = 'KINDRED_IMAGE';
/** The certificates that Node trusts besides its own are those that npm needs, also inside. */
const NODE_AUTHORITIES = 'NODE_EXTRA_CA_CERTS';
const NPM_AUTHORITIES = 'NPM_CONFIG_CAFILE';

/** Its name. `signal` ends the build. Throws ENGINE_FAILED; what the builder said is in that log. */
export async function readyImage(environment: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const given = environment[IMAGE_VARIABLE];
  if (given !== undefined && given !== '') return given;
  const script = join(ownFolder(), 'deploy', 'build-image.sh');
  if (!existsSync(script))
    throw new KindredError('ENGINE_FAILED', `the image is built from a checkout, and this program is outside of one; name an image: ${IMAGE_VARIABLE}=...`);
  const base = await localBase();
  const authorities = environment[NPM_AUTHORITIES] ?? environment[NODE_AUTHORITIES];
  const said = authorities === undefined ? [] : [`${NPM_AUTHORITIES}=${authorities}`];
  // A build that is cut off cannot tidy up after itself.
  const scratch = mkdtempSync(join(tmpdir(), 'kindred-image-'));
  try {
    await command(['env', `TMPDIR=${scratch}`, ...said, 'sh', script, ...base], { deadlineMs: LIMITS.engineWorkMs, signal });
  } catch (error) {
    throw withAdvice(error, base.length > 0);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return ownImage();
}

async function localBase(): Promise<string[]> {
  const found = await command(['docker', 'image', 'ls', '--quiet', LOCAL_BASE]);
  return found.trim() === '' ? [] : [LOCAL_BASE];
}

function withAdvice(error: unknown, hasBase: boolean): unknown {
  if (hasBase || !(error instanceof KindredError)) return error;
  const detail = `${error.detail}\nWhere no image registry is reachable, make a base of this machine's node first: sh deploy/base-image.sh`;
  return new KindredError(error.code, detail, { where: 'deploy/build-image.sh', cause: error });
}
