// Reads files of test/fixtures: in Node from disk (the tests run in the repository's folder), in a browser from Karma's
// server.

import { nodeMajor } from '../../../src/core/platform.js';
import { openSource } from '../../../src/formats/source/openSource.js';

/** The path or URL of a fixture. */
export function fixturePath(name: string): string {
  return `${nodeMajor() > 0 ? '' : '/base/'}test/fixtures/${name}`;
}

export async function readFixture(name: string): Promise<Uint8Array> {
  return (await openSource(fixturePath(name))).bytes;
}

export async function readJsonFixture<Content>(name: string): Promise<Content> {
  return JSON.parse(new TextDecoder().decode(await readFixture(name)));
}
