// Facts about Node, and its own modules, loaded at run time since a bundle for the browser must not import them.

interface NodeProcess {
  readonly version?: string;
  readonly platform?: string;
  readonly pid?: number;
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

/** Node's version and its platform, such as `Node.js v24.1.0 on linux x64`; undefined elsewhere. */
export function nodePlatform(): string | undefined {
  const { version, platform, arch } = nodeProcess() ?? {};
  return nodeMajor() > 0 ? `Node.js ${version} on ${platform} ${arch}` : undefined;
}

/** The number of this process; 0 outside of Node. */
export function processId(): number {
  return nodeProcess()?.pid ?? 0;
}

/**
 * The version of V8, such as `13.6`, in Node 24 and newer on x64, where V8 can combine vectors into 256 bits; undefined
 * elsewhere, also in Bun, Deno and Electron, which say that they are Node, but have engines of their own.
 */
export function revecV8(): string | undefined {
  const { versions = {}, arch } = nodeProcess() ?? {};
  const [, v8] = /^((?:1[3-9]|[2-9]\d)\.\d+).*-node\.\d+$/.exec(versions.v8 ?? '') ?? [];
  return arch === 'x64' && !versions.bun ? v8 : undefined;
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

/** Never the bare name: some bundlers take that for a package, which a page would have to install. */
function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}
