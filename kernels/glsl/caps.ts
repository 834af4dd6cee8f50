// The abilities of a WebGL2 device.

/** The abilities of a WebGL2 device that matter to kernels. */
export interface GlCaps {
  /** Texels along one side of a texture. */
  readonly maxTextureSize: number;
  /** Render targets of one draw. */
  readonly maxDrawBuffers: number;
  /** Whether results are stored as 32-bit floats (else 16-bit). */
  readonly float32: boolean;
}
