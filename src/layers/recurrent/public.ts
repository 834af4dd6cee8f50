// The public names of Keras's recurrent layers, their cells and wrappers: https://keras.io/api/layers/recurrent_layers/

export { Bidirectional, type BidirectionalArgs, bidirectional } from './bidirectional.js';
export {
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  type ConvLSTMArgs,
  convLstm1d,
  convLstm2d,
  convLstm3d,
} from './convLstm.js';
export {
  GRU,
  type GRUArgs,
  gru,
  LSTM,
  type LSTMArgs,
  lstm,
  SimpleRNN,
  type SimpleRNNArgs,
  simpleRNN,
} from './denseRecurrent.js';
export { GRUCell, type GRUCellArgs, gruCell } from './gruCell.js';
export { LSTMCell, type LSTMCellArgs, lstmCell } from './lstmCell.js';
export { RNN, type RNNArgs, rnn } from './rnn.js';
export { SimpleRNNCell, type SimpleRNNCellArgs, simpleRNNCell } from './simpleRnnCell.js';
export { StackedRNNCells, type StackedRNNCellsArgs, stackedRNNCells } from './stackedCells.js';
export { TimeDistributed, type TimeDistributedArgs, timeDistributed } from './timeDistributed.js';
