/**
 * psi(x) = d/dx log Gamma(x) for x > 0: psi(x) = psi(x + 1) - 1/x up to x >= 10, then the asymptotic series
 * (Abramowitz and Stegun 6.3.5, 6.3.18). Absolute error below 1e-13.
 */
const SERIES_FROM = 10;

export function digamma(x: number): number {
  let shift = 0;
  for (; x < SERIES_FROM; x++) shift -= 1 / x;
  const r = 1 / (x * x);
  return shift + Math.log(x) - 0.5 / x - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132)))));
}
