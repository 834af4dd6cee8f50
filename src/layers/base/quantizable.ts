// What a layer says about a weight that Keras may quantise. src/keras/weights/quantized expands such weights to floats.
// Source: https://keras.io/api/models/model_saving_apis/ (Model.quantize)

/** A weight that files may hold as small integers with scales. */
export interface QuantizableWeight {
  /** 'kernel', 'embeddings' or 'reverse_embeddings'; the name of its scale is `<name>_scale`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The axes with a scale of their own, in the order in which the scales are stored. */
  readonly scaleAxes: readonly number[];
  /** The axes along which a version of Keras packs two 4-bit values into a byte. */
  readonly packAxes: readonly number[];
  /**
   * Whether newer versions of Keras reshape the weight to a matrix [summed axes, other axes] before they quantise it to
   * 4 bits.
   */
  readonly isFlattened: boolean;
}
