// What `convnet run` found, as --json prints it.

import type { RankedClass, Statistics } from '../../pictures/modelOutputs.js';
import type { PixelRange } from '../../pictures/pictureInput.js';

export interface OutputReport extends Statistics {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of an output [1, classes]: the best. */
  readonly top?: readonly RankedClass[];
}

export interface RunReport {
  readonly model: string;
  readonly input: string;
  /** Of the picture as the model got it. */
  readonly size: readonly [height: number, width: number];
  readonly scale: PixelRange;
  readonly isScaleGuessed: boolean;
  readonly backend: string;
  readonly ms: number;
  readonly outputs: readonly OutputReport[];
  readonly written?: string;
}
