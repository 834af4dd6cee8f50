// The activation of a convolution as a pass of its own, where its epilogue does not have it.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Epilogue } from '../../../../kernels/epilogue.js';
import { unaryProgram } from '../../../../kernels/glsl/tiled/elementwise/unary.js';
import { scalarActivation } from '../../../../kernels/js/index.js';
import type { WebglBackend } from '../backend.js';
import { bind } from '../gl/draw.js';
import type { TiledTensor } from '../tensors/tiledTensor.js';
import { activationTest, type PassActivation } from './activationSelfTest.js';

/** activation(z) as a new tensor; disposes of `z`, which is `sums` in the tiled layout. */
export function applyActivation(
  backend: WebglBackend,
  z: TensorInfo,
  sums: TiledTensor,
  { activation, leakyAlpha }: Epilogue,
): TensorInfo {
  const { layout } = sums;
  const name = activation as PassActivation;
  const program = unaryProgram({ name, tile: layout.tile });
  const isTrusted = backend.selfTest.check(`activation ${program.key}`, activationTest(backend, name, layout.tile));
  const y = isTrusted ? pass() : onCpu(backend, z, name, leakyAlpha);
  backend.disposeIntermediateTensorInfo(z);
  return y;

  function pass(): TensorInfo {
    const values = { y: layout, parameter: leakyAlpha };
    const { info, tensor } = backend.tensors.make(z.shape, layout);
    backend.tensors.draw(tensor.texture, bind(program, { x: sums.drawnTexture() }, values));
    return info;
  }
}

function onCpu(backend: WebglBackend, z: TensorInfo, name: PassActivation, leakyAlpha: number): TensorInfo {
  const values = (backend.readSync(z.dataId) as Float32Array).map(scalarActivation(name, leakyAlpha));
  return backend.makeTensorInfo(z.shape, 'float32', values);
}
