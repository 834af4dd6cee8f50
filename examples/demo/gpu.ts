/**
 * Which kind of WebGL2 the browser offers. TensorFlow.js asks for a context with `failIfMajorPerformanceCaveat`, which most browsers refuse
 * where they have no usable GPU; without that attribute they draw in software (SwiftShader, llvmpipe), correctly and slowly.
 */

export interface Gpu {
  /** As the driver names it; absent where there is no WebGL2 at all. */
  readonly renderer?: string;
  readonly inSoftware: boolean;
  /** TensorFlow.js will not use it. */
  readonly refused: boolean;
}

const SOFTWARE_PARAMETER = 'software-webgl';

export function isSoftwareAllowed(): boolean {
  return new URLSearchParams(location.search).has(SOFTWARE_PARAMETER);
}

/** TensorFlow.js reads its flag once, before its first context, so the page starts again. */
export function allowSoftware(): void {
  const url = new URL(location.href);
  url.searchParams.set(SOFTWARE_PARAMETER, '');
  location.assign(url);
}

export function findGpu(): Gpu {
  const fast = rendererOf({ failIfMajorPerformanceCaveat: true });
  const renderer = fast ?? rendererOf({});
  return {
    renderer,
    inSoftware: /swiftshader|llvmpipe|softpipe|basic render|software/i.test(renderer ?? ''),
    refused: fast === undefined && !isSoftwareAllowed(),
  };
}

function rendererOf(attributes: WebGLContextAttributes): string | undefined {
  const gl = document.createElement('canvas').getContext('webgl2', attributes);
  if (gl === null) return undefined;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER) as string;
  // Browsers keep few contexts alive at once and drop the oldest.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}
