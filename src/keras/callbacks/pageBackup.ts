// A backup of a training in the browser's IndexedDB, in a database of its own.

import type { Bytes } from '../../core/bytes.js';
import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';

/** Where a backup is kept, in pages for example. */
export interface BackupStore {
  /** The backup, or null where there is none. */
  read(): Promise<Uint8Array | null> | Uint8Array | null;
  write(bytes: Bytes): Promise<void> | void;
  remove(): Promise<void> | void;
}

const DATABASE = 'tfjs-backend-convnet';
const STORE = 'backups';

/** A backup in IndexedDB. @throws ValueError where the platform has none. */
export function backupInPage(url: string): BackupStore {
  if (!url.startsWith('indexeddb://') || typeof indexedDB === 'undefined') {
    throw new KerasValueError(`This platform has no storage for the URL. Received: ${showValue(url)}`);
  }
  const run = async <T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const database = await opened();
    try {
      return await answerOf(ask(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  };
  return {
    read: async () => (await run<Uint8Array | undefined>('readonly', (store) => store.get(url))) ?? null,
    write: async (bytes) => void (await run('readwrite', (store) => store.put(bytes, url))),
    remove: async () => void (await run('readwrite', (store) => store.delete(url))),
  };
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return answerOf(request);
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
