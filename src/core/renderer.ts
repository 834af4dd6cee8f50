// Which GPU or software renderer draws.

/** The driver's own name where the browser tells it, else the masked one. */
export function rendererOf(gl: WebGL2RenderingContext): string {
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

/** Mesa's llvmpipe and softpipe, Chromium's SwiftShader, Microsoft's Basic Render Driver, Apple's software renderer. */
export function isSoftwareRenderer(renderer: string): boolean {
  return /swiftshader|llvmpipe|softpipe|basic render|software/i.test(renderer);
}
