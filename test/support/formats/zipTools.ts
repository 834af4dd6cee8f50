// Builds archives of kinds that this package does not write: Zip64 and data descriptors. The tests can set every field.

const encoder = new TextEncoder();

export interface Member {
  readonly name: string;
  /** The stored or compressed bytes. */
  readonly packed: Uint8Array;
  readonly size?: number;
  readonly crc: number;
  readonly method?: number;
  readonly flags?: number;
  /** Whether the sizes are in a Zip64 extra field. */
  readonly zip64?: boolean;
  /** Whether sizes and checksum come only after the data. */
  readonly descriptor?: boolean;
  /** The name in the local header, if it differs. */
  readonly localName?: string;
}

export interface ArchiveOptions {
  readonly zip64End?: boolean;
  readonly comment?: string;
}

/** The bytes of an archive with these members. */
export function buildZip(
  members: readonly Member[],
  { zip64End = false, comment = '' }: ArchiveOptions = {},
): Uint8Array {
  const parts: number[] = [];
  const directory: number[] = [];
  for (const member of members) {
    const at = parts.length;
    parts.push(...localHeader(member));
    for (const byte of member.packed) parts.push(byte);
    if (member.descriptor)
      parts.push(...u32(0x08074b50), ...u32(member.crc), ...u32(member.packed.length), ...u32(sizeOf(member)));
    directory.push(...directoryEntry(member, at));
  }
  const start = parts.length;
  parts.push(...directory);
  if (zip64End) {
    const at = parts.length;
    parts.push(...u32(0x06064b50), ...u64(44), ...u16(45), ...u16(45), ...u32(0), ...u32(0));
    parts.push(...u64(members.length), ...u64(members.length), ...u64(directory.length), ...u64(start));
    parts.push(...u32(0x07064b50), ...u32(0), ...u64(at), ...u32(1));
  }
  const [count, size, offset] = zip64End ? [0xffff, 0xffffffff, 0xffffffff] : [members.length, directory.length, start];
  parts.push(...u32(0x06054b50), ...u16(0), ...u16(0), ...u16(count), ...u16(count), ...u32(size), ...u32(offset));
  parts.push(...u16(comment.length), ...encoder.encode(comment));
  return Uint8Array.from(parts);
}

function localHeader(member: Member): number[] {
  const { crc, packed, descriptor, zip64 } = member;
  const name = encoder.encode(member.localName ?? member.name);
  const flags = (member.flags ?? 0) | (descriptor ? 8 : 0);
  const sizes = descriptor ? [0, 0, 0] : zip64 ? [crc, 0xffffffff, 0xffffffff] : [crc, packed.length, sizeOf(member)];
  const extra = zip64 ? [...u16(1), ...u16(16), ...u64(sizeOf(member)), ...u64(packed.length)] : [];
  const fixed = [...u32(0x04034b50), ...u16(20), ...u16(flags), ...u16(member.method ?? 0), ...u32(0)];
  return [...fixed, ...sizes.flatMap(u32), ...u16(name.length), ...u16(extra.length), ...name, ...extra];
}

function directoryEntry(member: Member, at: number): number[] {
  const { crc, packed, descriptor, zip64 } = member;
  const name = encoder.encode(member.name);
  const flags = (member.flags ?? 0) | (descriptor ? 8 : 0);
  const full = 0xffffffff;
  const sizes = zip64 ? [crc, full, full] : [crc, packed.length, sizeOf(member)];
  const other = [...u16(0x9999), ...u16(2), 1, 2]; // an extra field of another kind comes first
  const extra = zip64
    ? [...other, ...u16(1), ...u16(24), ...u64(sizeOf(member)), ...u64(packed.length), ...u64(at)]
    : [];
  const fixed = [...u32(0x02014b50), ...u16(45), ...u16(20), ...u16(flags), ...u16(member.method ?? 0), ...u32(0)];
  const lengths = [...u16(name.length), ...u16(extra.length), ...u16(0), ...u16(0), ...u16(0), ...u32(0)];
  return [...fixed, ...sizes.flatMap(u32), ...lengths, ...u32(zip64 ? full : at), ...name, ...extra];
}

function sizeOf({ size, packed }: Member): number {
  return size ?? packed.length;
}

function u16(value: number): number[] {
  return [value & 255, (value >>> 8) & 255];
}

function u32(value: number): number[] {
  return [...u16(value), ...u16(value >>> 16)];
}

function u64(value: number): number[] {
  return [...u32(value), ...u32(Math.floor(value / 2 ** 32))];
}
