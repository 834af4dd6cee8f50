// Which engine a backend runs on, and why.

import type { FlagValue } from '../core/flags.js';
import { isSoftwareRenderer, rendererOf } from '../core/renderer.js';

/** What the user asks for: `CONVNET_DEVICE`, or the backend's name. */
export type DevicePreference = FlagValue<'CONVNET_DEVICE'>;

export interface DeviceChoice {
  readonly device: 'webgl' | 'cpu';
  /** One sentence for backendInfo(). */
  readonly reason: string;
}

/** What a throw-away WebGL2 context says of the machine. */
export interface GlProbe {
  readonly webgl2: boolean;
  /** The GPU or software renderer, as the driver names it; '' where there is none. */
  readonly renderer: string;
  readonly software: boolean;
  readonly floatTargets: boolean;
  readonly maxDrawBuffers: number;
}

/** Render targets that the kernels need to write at once. */
const minDrawBuffers = 4;

/** A software renderer is not a GPU: it computes shaders on the processor that the CPU engine uses directly. */
export function chooseDevice(preference: DevicePreference, probe: () => GlProbe = probeWebgl2): DeviceChoice {
  if (preference === 'cpu') return { device: 'cpu', reason: 'CONVNET_DEVICE is cpu' };
  const gl = probe();
  const refusal = preference === 'webgl' ? missing(gl) : (missing(gl) ?? unsuitable(gl));
  if (refusal != null) return { device: 'cpu', reason: refusal };
  const reason = preference === 'webgl' ? 'CONVNET_DEVICE is webgl' : `WebGL2 on a GPU (${gl.renderer})`;
  return { device: 'webgl', reason };
}

function missing({ webgl2 }: GlProbe): string | undefined {
  return webgl2 ? undefined : 'WebGL2 is not available here';
}

function unsuitable({ renderer, software, floatTargets, maxDrawBuffers }: GlProbe): string | undefined {
  if (software) return `WebGL2 is emulated in software (${renderer}), there is no GPU`;
  if (!floatTargets) return `the GPU (${renderer}) cannot render to 32-bit floats`;
  if (maxDrawBuffers < minDrawBuffers) return `the GPU (${renderer}) has ${maxDrawBuffers} render targets, needs 4`;
  return undefined;
}

const nothing: GlProbe = { webgl2: false, renderer: '', software: false, floatTargets: false, maxDrawBuffers: 0 };

let probed: GlProbe | undefined;

/**
 * Looks at a small context of its own, once, and gives it back. TensorFlow.js's flags and contexts stay untouched.
 */
export function probeWebgl2(): GlProbe {
  probed ??= probe();
  return probed;
}

function probe(): GlProbe {
  if (typeof WebGL2RenderingContext === 'undefined') return nothing; // Node; jsdom, whose canvas writes an error
  try {
    const gl = smallCanvas()?.getContext('webgl2') as WebGL2RenderingContext | null | undefined;
    if (!gl) return nothing;
    const renderer = rendererOf(gl);
    const found = {
      webgl2: true,
      renderer,
      software: isSoftwareRenderer(renderer),
      floatTargets: gl.getExtension('EXT_color_buffer_float') != null,
      maxDrawBuffers: gl.getParameter(gl.MAX_DRAW_BUFFERS) as number,
    };
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return found;
  } catch {
    return nothing; // a browser that throws instead of returning null has no WebGL2 for us either
  }
}

function smallCanvas(): HTMLCanvasElement | OffscreenCanvas | undefined {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(1, 1);
  return typeof document === 'undefined' ? undefined : document.createElement('canvas');
}
