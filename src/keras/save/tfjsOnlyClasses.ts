// The classes of tf.layers that Keras 3 does not have, or has not as a layer of a file. A model with one of them cannot
// be saved.

/** The names in @tensorflow/tfjs-layers 4.22. */
export const tfjsOnlyClasses: ReadonlySet<string> = new Set([
  'RNN',
  'StackedRNNCells',
  'ConvLSTM2D',
  'ConvLSTM2DCell',
  'LSTMCell',
  'GRUCell',
  'SimpleRNNCell',
  'CategoryEncoding',
  'RandomWidth',
  'Wrapper',
]);
