/**
 * Means over a network by exchanges with neighbours alone. W, the averaging weights, is symmetric with rows that sum to 1:
 *   x_1 = W x_0, x_j+1 = omega_j+1 (W x_j - x_j-1) + x_j-1, omega_1 = 2 / (2 - rho^2), omega_j+1 = 1 / (1 - rho^2 omega_j / 4)
 * where rho is the largest modulus of W's eigenvalues beside the 1 of the mean. The sum over all agents never changes, and what
 * differs from the mean shrinks as the Chebyshev polynomials do, in the square root of the exchanges that W alone would take
 * (Golub and Varga, Chebyshev semi-iterative methods, 1961).
 */

/** Of what differs from the mean so much is left: bases that agents step from by themselves stay the same for hundreds of rounds. */
const LEFT = 1e-10;

/** Exchanges until what agents hold is the mean: 1 where the first one makes it. */
export function mixingSteps(rho: number, left = LEFT): number {
  return rho < 1e-12 ? 1 : Math.ceil(Math.acosh(1 / left) / Math.acosh(1 / rho));
}

export class Mixing {
  readonly #rho: number;
  /** x_j-1. */
  readonly #before: Float64Array;
  #omega = 1;

  constructor(rho: number, length: number) {
    this.#rho = rho;
    this.#before = new Float64Array(length);
  }

  /** x <- the next x, `exchange` counted from 0; difference = x - W x, as neighbours told it. */
  mix(exchange: number, x: Float64Array, difference: Float64Array): void {
    const before = this.#before;
    if (exchange < 2) this.#omega = exchange === 0 ? 1 : 2 / (2 - this.#rho ** 2);
    else this.#omega = 1 / (1 - (this.#rho ** 2 * this.#omega) / 4);
    for (let m = 0; m < x.length; m++) {
      const earlier = exchange === 0 ? 0 : before[m];
      before[m] = x[m];
      x[m] = this.#omega * (x[m] - difference[m] - earlier) + earlier;
    }
  }
}
