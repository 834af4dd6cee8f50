// Raw operations of keras.ops as layers.

export { isKnownOp, isOp, type OpDefinition, OpLayer, type OpLayerArgs } from './opLayer.js';
