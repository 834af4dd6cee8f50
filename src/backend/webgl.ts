// The WebGL2 engine as a backend.

import { env, type KernelBackend, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { rendererOf } from '../core/renderer.js';
import { WebglBackend } from '../engines/webgl/backend.js';
import { webglEngine } from '../engines/webgl/engine.js';
import { contextOfCanvas, gpgpuOn } from '../engines/webgl/gl/ownContext.js';
import { correctedKernels } from '../engines/webgl/ops/corrected.js';
import { opKernels } from '../engines/webgl/ops/index.js';
import { withShapeUniforms } from '../engines/webgl/tfjsInternals.js';
import { readFlag } from '../tfjs/flags.js';
import { officialCpu } from '../tfjs/officialCpu.js';
import { officialWebgl } from '../tfjs/officialWebgl.js';
import { type NamedKernel, wrapKernel } from '../tfjs/registry.js';
import { chooseDevice, type DeviceChoice, probeWebgl2 } from './chooseDevice.js';
import { convKernels } from './convKernels.js';
import { CpuTakeover, withTakeover } from './cpuTakeover.js';
import { drawIn2d } from './draw.js';
import { installedEngines } from './engines.js';
import { fallbackKernels } from './fallback.js';
import { recordInfo } from './info.js';
import { checked, installKernels } from './installKernels.js';
import { onlyOn } from './ownKernels.js';
import { webglUpdate } from './webglUpdate.js';

/** Lets backends of this app run on the WebGL2 engine. */
export function installWebglEngine(): void {
  installedEngines.webgl = { open: openWebgl, choose: () => chooseDevice(readFlag('CONVNET_DEVICE')), contextOfCanvas };
}

function openWebgl(name: string, choice: DeviceChoice, context?: WebGL2RenderingContext): KernelBackend {
  requireWebgl2(name);
  const backend = new WebglBackend(context && gpgpuOn(context));
  const webgl = officialWebgl.all(name);
  const cpu = drawIn2d(officialCpu.all(name), name);
  const kernels = [
    ...webgl,
    ...fallbackKernels(cpu, webgl),
    ...correctedKernels,
    ...opKernels,
    webglUpdate,
    ...convKernels(webglEngine),
  ];
  const takeover = new CpuTakeover(() => installedEngines.cpu?.standBy(name));
  installKernels(name, onlyOn(WebglBackend, withTakeover(ofAnyShape(checked(kernels)), takeover)));
  const { maxTextureSize, maxDrawBuffers, float32 } = backend.caps;
  recordInfo(backend, {
    name,
    device: rendererOf(backend.gpgpu.gl as WebGL2RenderingContext),
    choice,
    features: {
      float32,
      maxDrawBuffers,
      maxTextureSize,
      get context() {
        return backend.contextLoss.summary;
      },
      get selfTest() {
        return backend.selfTest.summary; // grows with the kernels that are used
      },
    },
  });
  return backend;
}

/** Values in a tensor for which a new program takes longer to compile than it ever saves. */
const SMALL = 2 ** 13;

/**
 * Lets TensorFlow.js's programs take the shapes of small tensors as uniforms. By default the shapes stand in the text, and
 * each new shape waits for a compiler: the networks of test/keras/compile trained with 1,463 of these programs. Divisions by
 * a uniform cost more than by a constant, though: a comparison of 65,536 values takes 1.4 times as long on SwiftShader, one
 * of 1,024 values as long as before.
 */
function ofAnyShape(kernels: readonly (NamedKernel | KernelConfig)[]): (NamedKernel | KernelConfig)[] {
  return kernels.map((kernel) => {
    return wrapKernel(kernel, (args) => {
      const isSmall = Object.values(args.inputs as Record<string, object | undefined>).every(isSmallTensor);
      return isSmall ? withShapeUniforms(() => kernel.kernelFunc(args)) : kernel.kernelFunc(args);
    });
  });
}

/** An optional input may be missing, and a picture of fromPixels is no tensor. */
function isSmallTensor(input: object | null | undefined): boolean {
  if (input == null) return true;
  return 'shape' in input && util.sizeFromShape((input as TensorInfo).shape) <= SMALL;
}

/** Throws, with a message that says what is missing, where TensorFlow.js cannot make a WebGL2 context. */
function requireWebgl2(name: string): void {
  const probe = probeWebgl2();
  let problem: string | undefined;
  if (!probe.webgl2) problem = 'WebGL2 is not available here';
  else if (env().getNumber('WEBGL_VERSION') !== 2) {
    problem = probe.software
      ? `WebGL2 is emulated in software (${probe.renderer}); accept that with tf.env().set('SOFTWARE_WEBGL_ENABLED', true) first`
      : `TensorFlow.js has WebGL ${env().getNumber('WEBGL_VERSION')} here (flag WEBGL_VERSION), WebGL2 is needed`;
  }
  if (problem == null) return;
  const error = new Error(`${name}: ${problem}`);
  error.stack = error.message; // TensorFlow.js prints the stack as its warning
  throw error;
}
