/** The join token as a file that people carry to other machines: made once, kept ever after, for its owner only. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { newToken } from '../net/credentials.ts';
import { writing } from './run-files.ts';

const OWNER_ONLY = 0o600;

/** The one that is there is kept: agents may have it already. */
export function makeToken(file: string): void {
  writing(file, () => {
    if (!existsSync(file)) writeFileSync(file, `${newToken()}\n`, { mode: OWNER_ONLY });
    chmodSync(file, OWNER_ONLY);
  });
}
