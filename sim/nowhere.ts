/** A run that leaves nothing on disk: of many that are looked at only by their results. */
import type { RunStore } from '../coordinator/run-store.ts';

export const nowhere: RunStore = { directory: '', event() {}, metrics() {}, relationship() {}, parameters() {}, result() {} };
