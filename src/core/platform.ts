// Node's own modules, reached at run time: a bundle for the browser must not import them.

interface NodeProcess {
  readonly versions?: Readonly<Record<string, string>>;
  readonly arch?: string;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

/** Major version of Node, 0 elsewhere. */
export function nodeMajor(): number {
  return Number.parseInt(nodeProcess()?.versions?.node ?? '0', 10);
}

/** The processor Node is made for, `x64` or others; undefined elsewhere. */
export function nodeArch(): string | undefined {
  return nodeMajor() > 0 ? nodeProcess()?.arch : undefined;
}

/** A module such as `v8`, at once; undefined outside of Node. */
export function builtinModule(name: string): unknown {
  return nodeMajor() > 0 ? nodeProcess()?.getBuiltinModule?.(name) : undefined;
}

/** What the user has given to Node on the command line and in the environment. */
export function nodeArguments(): readonly string[] {
  const { execArgv = [], env = {} } = nodeProcess() ?? {};
  return [...execArgv, ...(env.NODE_OPTIONS ?? '').split(/\s+/)];
}

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}
