/** Every command of `kindred` as one program. Who imports it runs nothing: main.ts does. */
import { Command } from 'commander';
import { KindredError } from '../core/errors.ts';
import { addAgentCommand } from './agent.ts';
import { addCheckCommand } from './check.ts';
import { addCompareCommand } from './compare.ts';
import { addCoordinatorCommand } from './coordinator.ts';
import { addDataCommand } from './data.ts';
import { addDemoCommand } from './demo.ts';
import { addDeployCommand } from './deploy.ts';
import { addDoctorCommand } from './doctor.ts';
import { addExportCommand } from './export.ts';
import { addFaultCommand } from './fault.ts';
import { addFirstScreen } from './help.ts';
import { addLearnCommand } from './learn.ts';
import { addListCommand } from './list.ts';
import { addPauseCommand, addStopCommand } from './pause.ts';
import { addPlotCommand } from './plot.ts';
import { addNewCommand } from './new.ts';
import { ownVersion } from './own-package.ts';
import { addReproduceCommand } from './reproduce.ts';
import { addRelationshipCommand } from './relationship.ts';
import { addResumeCommand } from './resume.ts';
import { addRunCommand } from './run.ts';
import { addSchemaCommand } from './schema.ts';
import { addShowCommand } from './show.ts';
import { addSimulateCommand } from './simulate.ts';
import { addSweepCommand } from './sweep.ts';
import { addWatchCommand } from './watch.ts';

const COMMANDS = [
  addDemoCommand,
  addRunCommand,
  addPauseCommand,
  addStopCommand,
  addResumeCommand,
  addLearnCommand,
  addListCommand,
  addShowCommand,
  addWatchCommand,
  addCompareCommand,
  addExportCommand,
  addPlotCommand,
  addRelationshipCommand,
  addSimulateCommand,
  addSweepCommand,
  addReproduceCommand,
  addDataCommand,
  addFaultCommand,
  addDeployCommand,
  addCoordinatorCommand,
  addAgentCommand,
  addNewCommand,
  addCheckCommand,
  addSchemaCommand,
  addDoctorCommand,
] as const;

export function createProgram(): Command {
  const program = new Command('kindred')
    .description('Decentralised multitask learning over real networks, with learned task relationships.')
    .option('--version', 'print the version')
    // Read only when it is asked for: every other command does without the package around it.
    .on('option:version', () => {
      process.stdout.write(`${ownVersion()}\n`);
      process.exit(0);
    })
    .showSuggestionAfterError()
    .exitOverride();
  for (const add of COMMANDS) add(program);
  addFirstScreen(program);
  program.hook('preAction', (_program, command) => refuseEmpty(command));
  for (const command of withSubcommands(program)) command.exitOverride();
  return program;
}

function withSubcommands(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...withSubcommands(one)]);
}

/** `--out "$RUNS"` with nothing in RUNS: the folder one is in is hardly meant. Throws USAGE. */
function refuseEmpty(command: Command): void {
  const empty = command.options.find((option) => command.getOptionValue(option.attributeName()) === '');
  if (empty !== undefined) throw new KindredError('USAGE', 'it is empty', { where: empty.long! });
}
