// What a piece of code writes to console.warn, which is silenced meanwhile.

export async function captureWarnings(f: () => unknown): Promise<string[]> {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (...args: unknown[]) => void warnings.push(args.map(String).join(' '));
  try {
    await f();
  } finally {
    console.warn = warn;
  }
  return warnings;
}
