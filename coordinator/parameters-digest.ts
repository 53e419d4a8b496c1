import { createHash } from 'node:crypto';

/** parametersSha256: over the final parameters as little-endian float64, agents in index order. */
export function parametersDigest(parameters: readonly Float64Array[]): string {
  const hash = createHash('sha256');
  for (const vector of parameters) {
    const bytes = Buffer.alloc(8 * vector.length);
    for (let m = 0; m < vector.length; m++) bytes.writeDoubleLE(vector[m], 8 * m);
    hash.update(bytes);
  }
  return hash.digest('hex');
}
