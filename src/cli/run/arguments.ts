// The arguments, options and help of `convnet run`.

import { type Command, Option } from 'commander';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError } from '../shared/exitCodes.js';
import { sizeOf, wholeFrom } from '../shared/optionValues.js';

const both = (next: string, before: readonly string[] = []) => [...before, next];
const ranges = ['0..1', '-1..1', 'none'];

export function addRun(program: Command, context: CommandContext): void {
  program
    .command('run')
    .summary('run a model on pictures')
    .description(
      "Runs a model on a picture, resized to the model's input, and prints classes or figures of the output. Many pictures " +
        'are shared among processes, and each gives a line of JSON, in the order of the pictures.',
    )
    .argument('<file>', 'a .keras or .h5 file, a TensorFlow.js model.json or its folder, or a URL')
    .argument('[pictures...]', 'more pictures, as for --input')
    .option(
      '--input <picture>',
      'PNG or JPEG file, folder, pattern in quotes, or - for a list on stdin; repeatable',
      both,
    )
    .option('--backend <name>', 'convnet, convnet-cpu, cpu or wasm', 'convnet')
    .option('--top <n>', 'how many classes to print', wholeFrom(1), 5)
    .option('--labels <file>', 'names of the classes: .json (list or object by index) or text with one name a line')
    .option('--size <HxW>', 'size of the picture, for a model that takes any', sizeOf)
    .addOption(
      new Option(
        '--scale <range>',
        'range of the pixels: 0..1, -1..1, or none (0..255); default: none if the model begins with Rescaling or Normalization, else 0..1',
      ).choices(ranges),
    )
    .addOption(
      new Option(
        '--preprocess <mode>',
        "as the network was trained: tf, torch, caffe, or a network of keras.applications, as 'ResNet50'",
      ).conflicts('scale'),
    )
    .option('--output <file.png>', 'write an output that is a picture')
    .addOption(
      new Option(
        '--output-scale <range>',
        'range of the output that becomes black to white; fit: its own least and largest value; default: as --scale',
      ).choices([...ranges, 'fit']),
    )
    .option('--force', 'write over an output that exists')
    .option('--json', 'print one JSON object')
    .option('--jobs <n>', 'many pictures: how many processes; default: one for each core', wholeFrom(1))
    .option('--results <file.jsonl>', 'many pictures: write the lines to a file')
    .option('--resume', 'many pictures: go on with the file of --results where an earlier run was stopped')
    .option('--keep-going', 'many pictures: go on after a bad one, whose line has an error; the exit code is 4 then')
    .addOption(new Option('--worker', 'a process of --jobs').hideHelp())
    .addHelpText(
      'after',
      `
Examples:
  $ convnet run mobilenet.keras --input cat.jpg --labels imagenet_class_index.json --preprocess MobileNet
  $ convnet run upscale.h5 --input small.png --size 120x160 --scale none --output large.png
  $ convnet run model.keras --input cat.png --backend cpu --json
  $ convnet run model.keras --input photos --results scores.jsonl --keep-going --resume
  $ find photos -name '*.jpg' | convnet run model.keras --input - --jobs 4`,
    )
    .action(async (file: string, pictures: string[], options) => {
      const input = [...(options.input ?? []), ...pictures];
      if (input.length === 0) throw new CliError('usage', 'name a picture: --input <picture>');
      await (await import('./command.js')).run(file, { ...options, input }, context);
    });
}
