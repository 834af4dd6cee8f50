// The arguments, options and help of `convnet bench`.

import type { Command } from 'commander';
import type { CommandContext } from '../shared/commandContext.js';
import { listOf, sizeOf, wholeFrom } from '../shared/optionValues.js';

export function addBench(program: Command, context: CommandContext): void {
  program
    .command('bench')
    .summary('time a model on several backends')
    .description('Times a model on random input: first prediction, later ones, memory, and each layer.')
    .argument('<file>', 'a .keras or .h5 file, a TensorFlow.js model.json or its folder, or a URL')
    .option('--backends <names>', 'convnet-cpu, convnet, cpu, wasm; separated by commas', listOf, ['convnet-cpu'])
    .option('--runs <n>', 'predictions to time on each backend, after the first', wholeFrom(1), 20)
    .option('--size <HxW>', 'size of the input, for a model that takes any', sizeOf)
    .option('--batch <n>', 'examples in one prediction', wholeFrom(1), 1)
    .option(
      '--threads <n>',
      'threads of convnet and convnet-cpu; default: the number of cores, 8 at most',
      wholeFrom(1),
    )
    .option('--layers <n>', 'rows of the per-layer table', wholeFrom(0), 10)
    .option('--json', 'print one JSON object, with every layer')
    .addHelpText(
      'after',
      `
Backends take turns, run by run. Their results are compared before anything is timed.

Examples:
  $ convnet bench model.keras
  $ convnet bench model.keras --backends convnet-cpu,wasm,cpu --runs 5 --threads 1
  $ convnet bench upscale.h5 --size 128x128 --json`,
    )
    .action(async (file, options) => (await import('./command.js')).bench(file, options, context));
}
