import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPaused } from '../../../cli/pause.ts';
import { RunFiles } from '../../../cli/run-files.ts';
import { temporaryDirectory } from './fixture.ts';

test('a run is paused when nothing was recorded after its pause that ended it', (context) => {
  const files = new RunFiles(temporaryDirectory(context));
  const told = (type: string): boolean => {
    files.event(type, {});
    return isPaused(files.directory);
  };
  assert.deepEqual(['started', 'paused', 'lost', 'unpaused', 'resumed', 'paused'].map(told), [false, true, true, false, false, true]);
});
