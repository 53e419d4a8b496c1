// A strategy of your own: how ONE agent updates its parameters. This one listens less and less to its neighbours: the pull
// of the relationship fades like a power of the iteration. `kindred check mine.ts` runs the laws that every strategy keeps.
import { defineStrategy, gradientStep, neighbourDifference } from 'kindred';

export default defineStrategy({
  summary: 'multitask whose pull fades',
  cooperatesOver: 'relationship', // what its view is compiled from: nothing | network | relationship
  usesEta: true, // it has a strength, which the platform chooses
  learns: 'gradient', // for streams; tables are solved
  options: { power: { type: 'number', minimum: 0, default: 0.5, description: 'how fast the pull fades; 0 is multitask' } }, // beside its name in an arm

  start({ task, view, stepSize, eta, options }) {
    if (task.learns !== 'gradient') throw new Error('streams only');
    const w = new Float64Array(task.dimension);
    const psi = new Float64Array(task.dimension);
    const scratch = new Float64Array(task.dimension);
    let fade = 1;
    return {
      state: [w], // all that outlives an iteration: an agent that was stopped continues from a copy of it
      outgoing: psi, // what the neighbours get
      adapt(iteration) {
        fade = iteration ** -Number(options.power);
        gradientStep(task, w, stepSize, iteration, scratch, psi);
      },
      hops: () => 1,
      combine(_hop, inbox) {
        neighbourDifference(view, psi, inbox, scratch); // sum over neighbours l of a_kl (psi_k - psi_l)
        for (let m = 0; m < w.length; m++) w[m] = psi[m] - stepSize * eta * fade * scratch[m];
      },
      output: () => w,
    };
  },
});
