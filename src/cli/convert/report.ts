// The results of `convnet convert`, as --json prints them.

import type { TfjsFiles } from '../../keras/save/tfjs/tfjsFiles.js';

export interface ConvertReport {
  readonly input: string;
  readonly output: string;
  readonly format: string;
  readonly parameters: number;
  /** The size of all files together. */
  readonly bytes: number;
  readonly files: readonly string[];
  /** The weights that are not quantized, and why. */
  readonly kept: TfjsFiles['kept'];
  /** The layers that have another name in the output. */
  readonly renamed: TfjsFiles['renamed'];
}
