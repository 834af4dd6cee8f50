// Facts about Node, and its own modules, loaded at run time since a bundle for the browser must not import them.

interface NodeProcess {
  readonly versions?: Readonly<Record<string, string>>;
  readonly arch?: string;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

/** The major version of Node; 0 elsewhere. */
export function nodeMajor(): number {
  return Number.parseInt(nodeProcess()?.versions?.node ?? '0', 10);
}

/** The processor architecture of Node, such as `x64`; undefined elsewhere. */
export function nodeArch(): string | undefined {
  return nodeMajor() > 0 ? nodeProcess()?.arch : undefined;
}

/** Loads a module of Node such as `v8`, without waiting; undefined elsewhere. */
export function builtinModule(name: string): unknown {
  return nodeMajor() > 0 ? nodeProcess()?.getBuiltinModule?.(name) : undefined;
}

/** The options of Node from the command line and the environment; [''] elsewhere. */
export function nodeArguments(): readonly string[] {
  const { execArgv = [], env = {} } = nodeProcess() ?? {};
  return [...execArgv, ...(env.NODE_OPTIONS ?? '').split(/\s+/)];
}

/** A variable of Node's environment; undefined elsewhere. */
export function environmentVariable(name: string): string | undefined {
  return nodeMajor() > 0 ? nodeProcess()?.env?.[name] : undefined;
}

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}
