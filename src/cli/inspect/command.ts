// `convnet inspect`: describes a model file, as text or JSON.

import type { CommandContext } from '../shared/commandContext.js';
import { exitCodes } from '../shared/exitCodes.js';
import { inspectSource } from '../shared/modelSource.js';
import { inspectText } from './text.js';

export interface InspectCommandOptions {
  readonly json?: boolean;
  readonly weights?: boolean;
}

export async function inspect(file: string, options: InspectCommandOptions, context: CommandContext): Promise<void> {
  const info = await inspectSource(file, context);
  if (options.json) context.printJson(info);
  else context.print(inspectText(info, options.weights ?? false));
  if (info.unsupported.length > 0) process.exitCode = exitCodes.notLoadable;
}
