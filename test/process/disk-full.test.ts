/** A disk that is really full: the last good checkpoint and every whole record stay, and both go on once there is room. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Filled } from '../support/disk-filler.ts';

const filler = fileURLToPath(new URL('../support/disk-filler.js', import.meta.url));
let root: string;
before(() => (root = mkdtempSync(join(tmpdir(), 'kindred-full-'))));
after(() => rmSync(root, { recursive: true }));

/** Runs the filler behind a line of shell that makes the disk small. */
function fill(shell: readonly string[], small: string): Filled {
  const folder = mkdtempSync(join(root, 'disk-'));
  const [command, ...flags] = shell;
  const { stdout, stderr } = spawnSync(command, [...flags, `${small} && exec "$0" "$@"`, process.execPath, filler, folder], {
    encoding: 'utf8',
    env: { ...process.env, DISK: folder },
  });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as Filled;
}

function assertSurvived(filled: Filled, errno: RegExp): void {
  const { saves } = filled;
  assert.deepEqual([saves[0], saves[3]], [null, null]);
  for (const failed of [saves[1], saves[2], saves[4]]) assert.match(failed ?? '', new RegExp(`^CHECKPOINT_UNWRITABLE .*${errno.source}`));
  assert.deepEqual([filled.loaded, filled.notes, filled.files], [4, [], ['current.checkpoint', 'previous.checkpoint']]);
  assert.match(filled.appendError, new RegExp(`^LOG_UNWRITABLE .*run\\.log.*${errno.source}`));
  assert.ok(filled.appended > 10, `only ${filled.appended} records`);
  assert.ok(filled.smallerFits, 'a record that fits was refused');
  assert.deepEqual([filled.reopened, filled.intact, filled.droppedBytes], [filled.appended + 1, true, 0]);
}

test('files may grow no further: a write stops half way', () => {
  // 512 blocks of 512 or, in some shells, 1,024 bytes.
  assertSurvived(fill(['sh', '-c'], 'ulimit -f 512'), /EFBIG/);
});

const MOUNT = 'mount -t tmpfs -o size=512k none "$DISK"';
const canMount = spawnSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs none /tmp']).status === 0;

test('a full file system', { skip: canMount ? false : 'this machine lets nobody mount a small one' }, () => {
  assertSurvived(fill(['unshare', '-Urm', 'sh', '-c'], MOUNT), /ENOSPC/);
});
