// How the browser tests are shared among browsers. It runs in the browser, too.

/**
 * Folders of each shard; a file belongs to the first shard that has one of its folders. Tests of one folder draw with the same
 * programs, which each browser compiles for itself: most of the time of these tests goes into that.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const FOLDERS = {
  conv: ['test/engines/webgl/conv/'],
  engines: ['test/engines/', 'test/backend/', 'test/kernels/'],
  keras: ['test/keras/', 'test/models/', 'test/formats/', 'test/vision/'],
  others: ['test/'],
};

export const shardNames = Object.keys(FOLDERS);

/** @param {string} file from the repository's root */
export function shardOf(file) {
  return shardNames.find((name) => FOLDERS[name].some((folder) => file.startsWith(folder)));
}
