// The arguments, options and help of `convnet convert`.

import { type Command, Option } from 'commander';
import type { CommandContext } from '../shared/commandContext.js';
import { numberFrom } from '../shared/optionValues.js';

export function addConvert(program: Command, context: CommandContext): void {
  program
    .command('convert')
    .summary('convert between Keras files and TensorFlow.js folders')
    .description('Converts a model between Keras files and TensorFlow.js folders, in any direction.')
    .argument('<in>', 'a .keras or .h5 file, a TensorFlow.js folder or its model.json, or a URL')
    .argument('<out>', 'a name ending in .keras, .h5 or .weights.h5; any other name is a TensorFlow.js folder')
    .addOption(
      new Option('--quantize <type>', 'TensorFlow.js folders: store weights in fewer bits').choices([
        'float16',
        'uint8',
        'uint16',
      ]),
    )
    .option('--shard-mb <n>', 'TensorFlow.js folders: size of the weight files in MiB', numberFrom(0.001), 4)
    .option('--no-verify', 'do not read the output back and compare it with the model')
    .option('--force', 'write over an output that exists')
    .option('--json', 'print what was written as one JSON object')
    .addHelpText(
      'after',
      `
tf.loadLayersModel reads the folder: layers of TensorFlow.js by themselves, all others after
installKerasLayers() of tfjs-backend-convnet/layers. Weights that a type cannot hold stay float32 and are listed.
A folder says how the model was compiled, and has no state of its optimizer.
The output is read back before it gets its name: graph, configs and shapes must be the same, and weights bit by bit.

Examples:
  $ convnet convert model.keras web/model
  $ convnet convert model.h5 web/model --quantize float16 --shard-mb 8
  $ convnet convert web/model model.keras`,
    )
    .action(async (input, output, options) => (await import('./command.js')).convert(input, output, options, context));
}
