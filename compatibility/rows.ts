// A row of docs/compatibility.json.

export interface RowKey {
  /** The class in keras.applications. */
  readonly architecture: string;
  /** 'read': a file of Keras is loaded here. 'written': a file saved here is loaded by Keras. */
  readonly direction: 'read' | 'written';
  readonly format: 'keras' | 'h5';
  readonly backend: 'convnet-cpu' | 'convnet-webgl';
}

export interface Numbers {
  readonly parameters: number;
  /** The largest distance from Keras's output divided by Keras's largest output. */
  readonly difference: number;
  readonly largest: number;
  readonly loadMs?: number;
  readonly firstMs?: number;
  readonly predictMs?: number;
  readonly memoryMiB?: number;
  readonly saveMs?: number;
  readonly kerasLoadMs?: number;
  readonly browser?: string;
}

/** The versions and the machine. */
export type Environment = Readonly<Record<string, string | number>>;

export interface Row extends RowKey, Partial<Numbers> {
  readonly inputShape?: readonly number[];
  /** The size that the architecture is made for, if a smaller one was used. */
  readonly fullSize?: number;
  readonly kerasPredictMs?: number;
  /** The machine's load over the last minute when the row was measured. */
  readonly load?: number;
  /** The reason why the row failed. */
  readonly error?: string;
  /** Index into `environments`. */
  readonly environment: number;
}
