/** Opens a file with whatever this desktop uses; silently nothing where there is none. */
import { spawn } from 'node:child_process';

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer', linux: 'xdg-open' };

export function openInBrowser(path: string): void {
  const opener = spawn(OPENERS[process.platform] ?? 'xdg-open', [path], { stdio: 'ignore', detached: true });
  opener.on('error', () => process.stderr.write(`open it yourself: ${path}\n`));
  opener.unref();
}
