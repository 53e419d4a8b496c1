/**
 * Tables of the 256-layer ziggurat for the standard normal (Marsaglia and Tsang, 2000).
 *
 * Layer i is the rectangle [0, x_i] x [f(x_i), f(x_i+1)], f(x) = exp(-x^2 / 2), and all layers have area V.
 * Layer 0 is the base strip with the tail beyond R; its width x_0 = V / f(R) makes its area V too.
 * With 256 layers R = 3.65415288536100879 closes the stack: x_256 = 0 to rounding (a test checks it).
 */
export const LAYERS = 256;
export const TAIL_START = 3.654152885361009;
const AREA = 0.004928673233974655;

const density = (x: number): number => Math.exp(-0.5 * x * x);

function layerWidths(): Float64Array {
  const x = new Float64Array(LAYERS + 1);
  x[0] = AREA / density(TAIL_START);
  x[1] = TAIL_START;
  for (let i = 1; i < LAYERS - 1; i++) x[i + 1] = Math.sqrt(-2 * Math.log(AREA / x[i] + density(x[i])));
  return x;
}

/** x_0 > x_1 = R > ... > x_256 = 0. */
export const WIDTHS: Float64Array = layerWidths();
/** f(x_i). */
export const HEIGHTS: Float64Array = WIDTHS.map(density);
