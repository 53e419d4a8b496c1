/** The batch gradient by its definition, feature by feature: g = (1/B) sum u (u'w~ - v). Slow; the law the in-law sampler must have. */
import type { Random } from '../../core/random.ts';

export function literalGradient(random: Random, deviation: Float64Array, batch: number, noise: number): Float64Array {
  const out = new Float64Array(deviation.length);
  const feature = new Float64Array(deviation.length);
  for (let b = 0; b < batch; b++) {
    random.fillGaussian(feature);
    const error = feature.reduce((sum, u, m) => sum + u * deviation[m], 0) - Math.sqrt(noise) * random.gaussian();
    feature.forEach((u, m) => (out[m] += (u * error) / batch));
  }
  return out;
}
