// The results of `convnet run`, as --json prints them.

import type { RankedClass, Statistics } from '../../pictures/modelOutputs.js';
import type { PixelMode } from '../../vision/preprocessing.js';

export interface OutputReport extends Statistics {
  readonly name: string;
  readonly shape: readonly number[];
  /** The best classes, for an output of shape [1, classes]. */
  readonly top?: readonly RankedClass[];
}

/** A line of `convnet run` with many pictures. */
export interface LineReport {
  readonly input: string;
  /** Why there is no prediction; the rest is absent then. */
  readonly error?: string;
  readonly size?: readonly [height: number, width: number];
  readonly ms?: number;
  readonly outputs?: readonly OutputReport[];
}

export interface RunReport {
  readonly model: string;
  readonly input: string;
  /** The size of the picture that the model got. */
  readonly size: readonly [height: number, width: number];
  readonly scale: PixelMode;
  readonly isScaleGuessed: boolean;
  readonly backend: string;
  readonly ms: number;
  readonly outputs: readonly OutputReport[];
  readonly written?: string;
}
