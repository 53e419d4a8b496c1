/** `kindred doctor`: whether this machine can run what is asked of it; a hint beside everything it cannot. */
import type { Command } from 'commander';
import { checkMachine } from './machine-checks.ts';
import type { MachineCheck } from './machine-checks.ts';

const EXAMPLE = `
"fails" stands where nothing runs before it is mended: exit code 1. "lacks" is needed for some of it only.

Example:
  $ kindred doctor`;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('what this machine has, what it lacks, and what to do about it')
    .description('Check this machine: Node, cores, memory, loopback, open files, clock; container engine and browser, where they are wanted.')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLE)
    .action(async ({ json }: { json?: boolean }) => {
      const checks = await checkMachine();
      process.stdout.write(json === true ? `${JSON.stringify(checks)}\n` : `${doctorText(checks)}\n`);
      process.exitCode = checks.some(({ state }) => state === 'fails') ? 1 : 0;
    });
}

const NAME_WIDTH = 18;
const STATE_WIDTH = 7;

export function doctorText(checks: readonly MachineCheck[]): string {
  return checks.flatMap(({ name, state, found, hint }) => [line(name, state, found), ...(hint === '' ? [] : [line('', '', `hint: ${hint}`)])]).join('\n');
}

function line(name: string, state: string, text: string): string {
  return `${name.padEnd(NAME_WIDTH)}${state.padEnd(STATE_WIDTH)}${text}`;
}
