// The parser of the command line: the general help and the four commands.

import { Command } from 'commander';
import { addBench } from './bench/arguments.js';
import { addConvert } from './convert/arguments.js';
import { addInspect } from './inspect/arguments.js';
import { addRun } from './run/arguments.js';
import type { CommandContext } from './shared/commandContext.js';
import { exitCodeLines } from './shared/exitCodes.js';
import { packageVersion } from './shared/packageVersion.js';

export function makeProgram(context: CommandContext): Command {
  const program = new Command('convnet')
    .description('Inspects, converts, runs and times Keras models, without Python.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'convnet: ')) })
    .exitOverride()
    .addHelpText('after', overview());
  addInspect(program, context);
  addConvert(program, context);
  addRun(program, context);
  addBench(program, context);
  for (const command of program.commands) {
    command.exitOverride().helpOption('-h, --help', 'print this help');
    command.option('--debug', 'on an error print the stack too');
  }
  return program;
}

function overview(): string {
  return `
FILE is a .keras archive, a whole-model .h5, or a TensorFlow.js model.json or its folder.

Examples:
  $ convnet inspect model.keras
  $ convnet convert model.keras web/model --quantize uint8
  $ convnet run model.keras --input cat.jpg --top 3
  $ convnet bench model.keras --backends convnet-cpu,wasm

Exit codes:
${exitCodeLines()}`;
}
