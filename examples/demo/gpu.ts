/**
 * Finds out which kind of WebGL2 the browser has. TensorFlow.js asks for a context with `failIfMajorPerformanceCaveat`,
 * which most browsers refuse without a usable GPU. Without that attribute they draw in software (SwiftShader,
 * llvmpipe), correctly and slowly.
 */

export interface Gpu {
  /** The driver's name of it; absent if there is no WebGL2. */
  readonly renderer?: string;
  readonly inSoftware: boolean;
  /** Whether TensorFlow.js refuses to use it. */
  readonly refused: boolean;
}

const SOFTWARE_PARAMETER = 'software-webgl';

export function isSoftwareAllowed(): boolean {
  return new URLSearchParams(location.search).has(SOFTWARE_PARAMETER);
}

/**
 * Loads the page again with drawing in software allowed: TensorFlow.js reads that flag once, before its first context.
 */
export function allowSoftware(): void {
  const url = new URL(location.href);
  url.searchParams.set(SOFTWARE_PARAMETER, '');
  location.assign(url);
}

export function findGpu(): Gpu {
  const fast = findRenderer({ failIfMajorPerformanceCaveat: true });
  const renderer = fast ?? findRenderer({});
  return {
    renderer,
    inSoftware: /swiftshader|llvmpipe|softpipe|basic render|software/i.test(renderer ?? ''),
    refused: fast === undefined && !isSoftwareAllowed(),
  };
}

/** Makes a context and reads its renderer; undefined if there is none. */
function findRenderer(attributes: WebGLContextAttributes): string | undefined {
  const gl = document.createElement('canvas').getContext('webgl2', attributes);
  if (gl === null) return undefined;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER) as string;
  // Browsers keep few contexts alive at once and drop the oldest.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}
