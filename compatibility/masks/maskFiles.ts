// What compatibility/keras_masks writes into its folder, and what was found about it here.

export interface Values {
  readonly shape: readonly number[];
  /** NumPy's name. */
  readonly dtype: string;
  readonly values: readonly number[];
}

/** A model around one layer or operation behind a masked tensor. */
export interface MaskCase {
  readonly id: string;
  readonly name: string;
  /** The form of the layer, such as `sequences` of a recurrent one. */
  readonly form: string;
  /** The kind of graph. */
  readonly kind: string;
  readonly rank: number;
  readonly files: readonly string[];
  /** Why Keras could not write a format. */
  readonly unwritten: Readonly<Record<string, string>>;
  readonly inputs: readonly Values[];
  readonly outputs: readonly Values[];
  readonly targets?: readonly Values[];
  /** The loss of a test, without training. */
  readonly testLoss?: number;
  /** The losses of three steps of SGD; none for what draws in training. */
  readonly losses?: readonly number[];
  /** The predictions after these steps. */
  readonly after?: readonly Values[];
  /** Why Keras could not train it. */
  readonly untrained?: string;
}

export interface MaskReport {
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly MaskCase[];
  /** Names without a case, and Keras's reason. */
  readonly without: Readonly<Record<string, string>>;
}

/** Differences over the largest value; an error where there is nothing to compare. */
export interface MaskOutcome {
  readonly file: string;
  readonly predicts?: number;
  readonly saves?: number;
  readonly losses?: number;
  readonly error?: string;
}

/** All cases of one kind of graph. */
export interface MaskRow {
  readonly kind: string;
  readonly names: number;
  readonly cases: number;
  readonly files: number;
  /** Files in which nothing differs. */
  readonly equal: number;
  readonly predicts: number;
  readonly saves: number;
  /** How many cases were trained. */
  readonly trained: number;
  readonly losses: number;
}

export interface MaskSection {
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly MaskRow[];
  readonly failures: readonly string[];
  /** How many names Keras itself could not run behind a masked tensor. */
  readonly without: number;
}

export const MASK_TOLERANCE = 1e-4;

export function isGoodOutcome({ error, predicts = 0, saves = 0, losses = 0 }: MaskOutcome): boolean {
  return error === undefined && [predicts, saves, losses].every((difference) => difference <= MASK_TOLERANCE);
}
