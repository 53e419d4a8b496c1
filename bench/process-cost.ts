/** What a process costs, as Linux counts it: processor time over all its threads, and its proportional share of memory. */
import { readdirSync, readFileSync } from 'node:fs';

const NANOSECONDS_PER_MS = 1e6;
/** Of /proc, on every Linux that Node.js runs on. */
const MS_PER_TICK = 10;

/** User and system time since it started, in ms. Threads that ended are not in it; Node's own live as long as it does. */
export function processorMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]));
  return spent.reduce((sum, one) => sum + one, 0) / NANOSECONDS_PER_MS;
}

/** Proportional set size in KiB: what it has alone, and its part of what it shares with others. */
export function proportionalSetKibOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]);
}

/** Processor time of the processes that `run` starts and waits for, one at a time, over their whole life: the mean of `times`. */
export function childrenMs(run: () => void, times: number): number {
  const before = endedChildrenTicks();
  for (let n = 0; n < times; n++) run();
  return ((endedChildrenTicks() - before) * MS_PER_TICK) / times;
}

/** cutime and cstime, the 16th and 17th field; the second may hold spaces. */
function endedChildrenTicks(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return Number(fields[13]) + Number(fields[14]);
}
