// The 64-bit hashes behind Keras's Hashing, HashedCrossing and the lookup layers, over the UTF-8 bytes of a text.
//
//   fingerprint        FarmHash's Fingerprint64, which TensorFlow.js has. Source: https://github.com/google/farmhash
//   saltedFingerprint  SipHash-2-4 under a key of two 64-bit numbers. Source: https://www.aumasson.jp/siphash/siphash.pdf
//   crossFingerprints  how TensorFlow folds the fingerprints of several values into one
// Source: https://www.tensorflow.org/api_docs/python/tf/strings/to_hash_bucket_fast, to_hash_bucket_strong and
// https://www.tensorflow.org/api_docs/python/tf/sparse/cross_hashed

import { util } from '@tensorflow/tfjs-core';
import { encodeText } from '../../../core/text.js';

/** Two numbers of 64 bits. */
export type Salt = readonly [number, number];

function unsigned(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** The hash of a text, from 0 to 2^64 - 1. */
export function fingerprint(text: string): bigint {
  return unsigned(BigInt(util.fingerPrint64(encodeText(text)).toString()));
}

/** The hash of a text under a key. Texts that collide under one key need not under another. */
export function saltedFingerprint(text: string, salt: Salt): bigint {
  const [key0, key1] = salt.map((part) => unsigned(BigInt(part)));
  const bytes = encodeText(text);
  const state: State = [
    key0 ^ 0x736f6d6570736575n,
    key1 ^ 0x646f72616e646f6dn,
    key0 ^ 0x6c7967656e657261n,
    key1 ^ 0x7465646279746573n,
  ];
  for (let at = 0; at + 8 <= bytes.length; at += 8) absorb(state, littleEndian(bytes, at, 8));
  const rest = bytes.length % 8;
  const last = littleEndian(bytes, bytes.length - rest, rest) | (BigInt(bytes.length & 0xff) << 56n);
  absorb(state, last);
  state[2] ^= 0xffn;
  for (let round = 0; round < 4; round++) mix(state);
  return state[0] ^ state[1] ^ state[2] ^ state[3];
}

type State = [bigint, bigint, bigint, bigint];

function absorb(state: State, word: bigint): void {
  state[3] ^= word;
  mix(state);
  mix(state);
  state[0] ^= word;
}

/** One round of SipHash. */
function mix(v: State): void {
  v[0] = unsigned(v[0] + v[1]);
  v[2] = unsigned(v[2] + v[3]);
  v[1] = rotate(v[1], 13n) ^ v[0];
  v[3] = rotate(v[3], 16n) ^ v[2];
  v[0] = rotate(v[0], 32n);
  v[2] = unsigned(v[2] + v[1]);
  v[0] = unsigned(v[0] + v[3]);
  v[1] = rotate(v[1], 17n) ^ v[2];
  v[3] = rotate(v[3], 21n) ^ v[0];
  v[2] = rotate(v[2], 32n);
}

function rotate(value: bigint, bits: bigint): bigint {
  return unsigned(value << bits) | (value >> (64n - bits));
}

function littleEndian(bytes: Uint8Array, start: number, length: number): bigint {
  let word = 0n;
  for (let i = length - 1; i >= 0; i--) word = (word << 8n) | BigInt(bytes[start + i]);
  return word;
}

/** TensorFlow's key for crosses without one. */
const crossKey = 0xdecafcaffen;
const multiplier = 0xc6a4a7935bd1e995n;

/** Folds the fingerprints of several values into one, in order. */
export function crossFingerprints(values: readonly bigint[]): bigint {
  return values.reduce((seed, value) => {
    const mixed = unsigned(shiftMix(unsigned(value * multiplier)) * multiplier);
    const joined = unsigned((seed ^ multiplier ^ mixed) * multiplier);
    return shiftMix(unsigned(shiftMix(joined) * multiplier));
  }, crossKey);
}

function shiftMix(value: bigint): bigint {
  return value ^ (value >> 47n);
}

/** An integer as the 64 bits in which TensorFlow crosses it. */
export function integerBits(value: number): bigint {
  return unsigned(BigInt(value));
}

/** The remainder of a hash, as a number. */
export function bucketOf(hash: bigint, buckets: number): number {
  return Number(hash % BigInt(buckets));
}
