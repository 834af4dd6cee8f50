// Classes of tf.layers that Keras 3 does not have, or not as a layer of a file: a model with one of them cannot be written.

/** Of @tensorflow/tfjs-layers 4.22. */
export const stockClassNames: ReadonlySet<string> = new Set([
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
