// What a row of docs/compatibility.json says.

export interface RowKey {
  /** Its class in keras.applications. */
  readonly architecture: string;
  /** 'read': Keras's file, loaded here. 'written': ours, loaded by Keras. */
  readonly direction: 'read' | 'written';
  readonly format: 'keras' | 'h5';
  readonly backend: 'convnet-cpu' | 'convnet-webgl';
}

export interface Numbers {
  readonly parameters: number;
  /** Largest distance from Keras's output, over Keras's largest output. */
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

/** Versions and machine. */
export type Environment = Readonly<Record<string, string | number>>;

export interface Row extends RowKey, Partial<Numbers> {
  readonly inputShape?: readonly number[];
  /** The size that the architecture is made for, where a smaller one was taken. */
  readonly fullSize?: number;
  readonly kerasPredictMs?: number;
  /** Of the machine, over a minute, when the row was measured. */
  readonly load?: number;
  /** Why there are no numbers. */
  readonly error?: string;
  /** Index into `environments`. */
  readonly environment: number;
}
