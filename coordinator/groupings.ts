/**
 * The best groups of agents, looked for in a thread of its own: of thirteen to twenty it takes seconds, and a coordinator that
 * stands still for two is taken for dead. A script asks for it by a stage with a `calculation` (script.ts) and has the answer when
 * that is over. Where nobody looked before, in a simulation and in a log that is replayed, it stands still until it knows.
 */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { assert, type KindredError } from '../core/errors.ts';
import { bestGrouping, SEARCHED_TASKS_MAX, type BestGrouping } from '../core/grouping/grouping.ts';
import { impossible, type Programme } from '../core/grouping/programme.ts';
import { LIMITS } from '../core/limits.ts';

/** What the thread is handed. `flag` turns 1 when the answer is on its way. */
export interface GroupingTask {
  readonly programme: Programme;
  readonly port: MessagePort;
  readonly flag: Int32Array;
}

export type GroupingAnswer = { readonly grouping: BestGrouping } | { readonly refused: string } | { readonly failed: string };

/** Looks for the groups that a stage asks for, and calls back; never before it returns. */
export type FindGroups = (programme: Programme, found: (error?: Error) => void) => void;

const answers = new WeakMap<Programme, GroupingAnswer>();

/** What was found; of programmes that nobody looked at it is looked for now. Throws GROUPS_IMPOSSIBLE. */
export function groupingFor(programme: Programme): BestGrouping {
  if (isSmall(programme)) return bestGrouping(programme);
  const answer = answers.get(programme) ?? lookNow(programme);
  if ('refused' in answer) throw impossible(answer.refused);
  assert('grouping' in answer, `the thread that looks for groups failed: ${'failed' in answer ? answer.failed : ''}`);
  return answer.grouping;
}

export const findGroups: FindGroups = (programme, done) => {
  if (isSmall(programme)) return void setImmediate(done);
  const { worker, here } = startWorker(programme);
  const end = (error?: Error): void => {
    clearTimeout(timer);
    here.close();
    done(error);
  };
  const timer = setTimeout(() => {
    void worker.terminate();
    end(tooLate(programme));
  }, LIMITS.groupsMs);
  worker.once('error', end);
  here.once('message', (answer: GroupingAnswer) => {
    // What cannot be is said by whoever asks for it.
    answers.set(programme, answer);
    end();
  });
  // Nobody ends later for its sake: the run may be over before it is found.
  timer.unref();
  here.unref();
};

const isSmall = ({ gains }: Programme): boolean => gains.rows <= SEARCHED_TASKS_MAX;

function lookNow(programme: Programme): GroupingAnswer {
  const { here, flag } = startWorker(programme);
  if (Atomics.wait(flag, 0, 0, LIMITS.groupsMs) === 'timed-out') throw tooLate(programme);
  const { message } = receiveMessageOnPort(here) as { message: GroupingAnswer };
  here.close();
  return message;
}

function startWorker(programme: Programme): { worker: Worker; here: MessagePort; flag: Int32Array } {
  const { port1: here, port2: port } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const workerData: GroupingTask = { programme, port, flag };
  // Compiled, it stands beside this file; of a bundle it is a neighbour.
  const worker = new Worker(new URL('../coordinator/grouping-worker.js', import.meta.url), { workerData, transferList: [port] });
  worker.unref();
  return { worker, here, flag };
}

function tooLate({ gains }: Programme): KindredError {
  return impossible(`no best groups of ${gains.rows} tasks were found in ${LIMITS.groupsMs / 1000} s`);
}
