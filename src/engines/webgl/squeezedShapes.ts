// TensorFlow.js's programs read a tensor of [a, b, 1] as one of [a, b]: directly where its texture has these sizes, else by
// an index. The key under which it keeps a program does not say which, so that a tensor that was reshaped from [8, 3] to
// [4, 6, 1] is read with the program that was made for [8, 3, 1], and wrong. A comment in the program tells them apart.

import { type GPGPUProgram, webgl_util } from '@tensorflow/tfjs-backend-webgl';
import type { TextureData } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';

interface Operand {
  readonly shape: number[];
  /** Sizes of its texture where it has one of single values; undefined if TensorFlow.js makes one for this shape. */
  readonly texShape?: number[];
}

/** Makes the program's text depend on how it will read its operands. */
export function tellSqueezedApart(program: GPGPUProgram, operands: readonly Operand[]): void {
  if (!program.enableShapeUniforms || program.packedInputs) return;
  const ways = operands.map(wayOfReading).join('');
  if (ways !== '') program.userCode += `\n// ${ways}`;
}

/** A letter for tensors of three axes and more of which two are longer than 1; else nothing. */
function wayOfReading({ shape, texShape }: Operand): string {
  if (shape.length < 3) return '';
  const { newShape } = util.squeezeShape(shape);
  if (newShape.length !== 2) return '';
  return util.arraysEqual(newShape, texShape ?? webgl_util.getTextureShapeFromLogicalShape(shape)) ? 'd' : 'i';
}

/** An operand of a program of TensorFlow.js, with the shape that its texture has, where that is known. */
export function asOperand({ shape }: TensorInfo, { isPacked, texShape, shape: ownShape }: TextureData): Operand {
  // What is packed is unpacked first, in this shape; what is on the CPU moves to the GPU in the shape that it has there.
  return {
    shape,
    ...(isPacked ? {} : { texShape: texShape ?? webgl_util.getTextureShapeFromLogicalShape(ownShape) }),
  };
}
