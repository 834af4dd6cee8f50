// Products of matrices.

export { type MatMul, type MatMulOperands, runMatMul } from './matMul.js';
