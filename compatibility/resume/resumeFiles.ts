// What compatibility/keras_resume writes into its folder.

/** `wanted.json`: the losses of 30 steps in Keras, by the title of an optimizer. */
export interface WantedLosses {
  readonly environment: Readonly<Record<string, string>>;
  readonly wanted: Readonly<Record<string, readonly number[]>>;
  /** Optimizers that this Keras does not have, and files that it cannot write, with its reason. */
  readonly refused: Readonly<Record<string, string>>;
}

/** `here.json`: the losses of steps 10 to 20 here, or the error, by `TITLE.FORMAT`. */
export type LossesHere = Readonly<Record<string, readonly number[] | string>>;

/** `found.json`: the losses of steps 20 to 30 in Keras, or its error, by `TITLE.FORMAT IT WROTE.FORMAT WRITTEN HERE`. */
export interface FoundLosses {
  readonly environment: Readonly<Record<string, string>>;
  readonly found: Readonly<Record<string, readonly number[] | string>>;
  /** `TITLE.h5` of Keras's own files that it cannot read, with its error. */
  readonly unread: Readonly<Record<string, string>>;
}

export const resumeFormats = ['keras', 'h5'] as const;

/** By how much a loss may differ from that of 30 steps in Keras. */
export const RESUME_TOLERANCE = 1e-4;
