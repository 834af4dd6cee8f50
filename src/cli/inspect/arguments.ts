// The arguments, options and help of `convnet inspect`.

import type { Command } from 'commander';
import type { CommandContext } from '../shared/commandContext.js';

export function addInspect(program: Command, context: CommandContext): void {
  program
    .command('inspect')
    .summary('show what a model file holds')
    .description('Shows what a model file holds, without building the model: version, layers, shapes, weights.')
    .argument('<file>', 'a .keras, .h5, .weights.h5 or model.json file, its folder, or a URL')
    .option('--weights', 'list every weight with its path')
    .option('--json', 'print one JSON object, with the weights and the config of every layer')
    .addHelpText(
      'after',
      `
Ends with 3 if the file can be read but has layers that cannot be loaded.

Examples:
  $ convnet inspect model.keras
  $ convnet inspect https://example.com/model.h5 --weights
  $ convnet inspect model.keras --json | jq .parameterCount`,
    )
    .action(async (file, options) => (await import('./command.js')).inspect(file, options, context));
}
