/** kill -9 while checkpoints are saved, at 200 random moments: none is torn, none that was acknowledged is lost. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { draw, type Random } from '../../core/random.ts';

const KILLS = 200;
/** Each with a folder of its own, one process after the other. */
const LINES = 3;
const SEED = 1;
/** Saves that are waited for before the blow, and the time after them: several times what one takes. */
const SAVES_MAX = 2;
const DELAY_MAX_MS = 20;
/** A writer that says nothing for so long gets another signal than the one expected. */
const LIFE_MAX_MS = 20_000;

const writer = fileURLToPath(new URL('../support/checkpoint-writer.js', import.meta.url));
let folder: string;
before(() => (folder = mkdtempSync(join(tmpdir(), 'kindred-kill-'))));
after(() => rmSync(folder, { recursive: true }));

interface Life {
  readonly loaded: number;
  readonly notes: readonly string[];
  /** The last step acknowledged before the blow. */
  readonly durable: number;
  readonly signal: string | null;
}

/** Starts a writer, waits for some saves, kills it a random moment later. */
async function live(directory: string, random: Random): Promise<Life> {
  const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'], timeout: LIFE_MAX_MS });
  const exited = once(child, 'close');
  let saves = random.integer(SAVES_MAX + 1);
  const delayMs = random.uniform() * DELAY_MAX_MS;
  let life = { loaded: NaN, notes: [] as readonly string[], durable: 0 };
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Partial<typeof life>;
    life = { ...life, durable: said.loaded ?? life.durable, ...said };
    if (saves-- === 0) setTimeout(() => child.kill('SIGKILL'), delayMs);
  }
  const [, signal] = (await exited) as [number | null, string | null];
  return { ...life, signal };
}

test(`${KILLS} kills: no checkpoint is torn, and what was acknowledged is there`, async (t) => {
  let kills = 0;
  let midSave = 0;
  let saved = 0;
  await Promise.all(
    Array.from({ length: LINES }, async (_, line) => {
      const directory = join(folder, `line-${line}`);
      const random = draw(SEED, line, 'fault', 0);
      for (let durable = 0; kills < KILLS;) {
        kills++;
        const life = await live(directory, random);
        assert.equal(life.signal, 'SIGKILL');
        assert.deepEqual(life.notes, []);
        assert.ok(life.loaded >= durable, `step ${durable} was acknowledged, step ${life.loaded} was loaded`);
        if (readdirSync(directory).some((name) => name.endsWith('.part'))) midSave++;
        durable = life.durable;
        saved = Math.max(saved, durable);
      }
    }),
  );
  t.diagnostic(`${kills} kills, ${midSave} of them while a file was being written; up to step ${saved}`);
  assert.ok(midSave > KILLS / 10, `only ${midSave} blows fell into a save`);
});
