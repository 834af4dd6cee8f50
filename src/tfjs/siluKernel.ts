/** The name of a kernel `x -> x * sigmoid(x)` of floats, which the CPU engine has. Its input is `x`. */
export const SILU_KERNEL = 'Silu';
