import { isIPv4, isIPv6 } from 'node:net';

/** `metadata` serves cloud credentials. `unusable`: multicast, reserved or invalid. */
export type AddressKind =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'metadata'
  | 'unusable';

/** An IPv6 address that represents an IPv4 one (mapped, NAT64, 6to4, …) counts as that one. */
export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) return kindOf4(numberOf4(address));
  const [bare = ''] = address.split('%', 1);
  return isIPv6(bare) ? kindOf6(groupsOf(bare)) : 'unusable';
}

/** The first match counts. 198.18/15 is public here, because VPN clients resolve any name to it. */
const RANGES_4: ReadonlyArray<readonly [start: string, bits: number, kind: AddressKind]> = [
  ['0.0.0.0', 8, 'loopback'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.169.254', 32, 'metadata'],
  ['169.254.170.2', 32, 'metadata'],
  ['169.254.170.23', 32, 'metadata'],
  ['100.100.100.200', 32, 'metadata'],
  ['168.63.129.16', 32, 'metadata'],
  ['192.0.0.192', 32, 'metadata'],
  ['169.254.0.0', 16, 'link-local'],
  ['10.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['192.0.0.0', 24, 'unusable'],
  ['224.0.0.0', 4, 'unusable'],
  ['240.0.0.0', 4, 'unusable'],
];

/** The metadata servers of Amazon and Google, within a private range. */
const METADATA_6 = new Set(['fd00:ec2:0:0:0:0:0:254', 'fd20:ce:0:0:0:0:0:254']);

function kindOf4(number: number): AddressKind {
  const range = RANGES_4.find(([start, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(number / size) === Math.floor(numberOf4(start) / size);
  });
  return range?.[2] ?? 'public';
}

function kindOf6(groups: readonly number[]): AddressKind {
  const [first = 0, second = 0, third = 0, , , sixth = 0, high = 0, low = 0] = groups;
  const isZero = (from: number, to: number): boolean =>
    groups.slice(from, to).every((group) => group === 0);
  if (isZero(0, 7) && low <= 1) return 'loopback';
  if (isZero(0, 6) || (isZero(0, 5) && sixth === 0xffff)) return kindOf4(high * 65_536 + low);
  if (first === 0x64 && second === 0xff9b && isZero(2, 6)) return kindOf4(high * 65_536 + low);
  if (first === 0x2002) return kindOf4(second * 65_536 + third);
  if (METADATA_6.has(groups.map((group) => group.toString(16)).join(':'))) return 'metadata';
  if ((first & 0xffc0) === 0xfe80) return 'link-local';
  if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0) return 'private';
  // Teredo, local NAT64 and multicast.
  if (first === 0x2001 && second === 0) return 'unusable';
  if ((first === 0x64 && second === 0xff9b) || first >= 0xff00) return 'unusable';
  return 'public';
}

function numberOf4(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function groupsOf(address: string): readonly number[] {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  if (tail === undefined) return groupsIn(head);
  const [start, end] = [groupsIn(head), groupsIn(tail)];
  return [...start, ...Array<number>(8 - start.length - end.length).fill(0), ...end];
}

function groupsIn(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
