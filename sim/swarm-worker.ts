/** A thread of a swarm: runs the seeds it is handed, one after another. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerTask } from './swarm.ts';
import { Seeds } from './swarm-seed.ts';

const { experiment, faults, minimal } = workerData as WorkerTask;
const seeds = new Seeds(experiment, { faults, minimal });

parentPort!.on('message', (seed: number) => parentPort!.postMessage(seeds.report(seed)));
