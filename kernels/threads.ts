// Threads that share a launch.

/** No device has more threads: tables and the workers' slots have room for this many. */
export const maxThreads = 64;
