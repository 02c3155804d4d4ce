/** Whose an address is. */
import { isIPv6 } from 'node:net'

/**
 * What an address counts as. Whoever has one IPv6 address has 2^64 of them (RFC 6177 section 2), and may have 65 536
 * such networks (a /48), so they count by network; an IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2) counts as what it is.
 */
export function networkOf(ip: string, ipv6Bits: 48 | 64 = 64): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped?.[1] !== undefined) return mapped[1]
  const [address = ''] = ip.split('%')
  if (!isIPv6(address)) return ip
  const [head = '', tail] = address.split('::')
  const before = head.split(':').filter((group) => group !== '')
  // A dotted end stands for two groups.
  const behind = (tail ?? '')
    .split(':')
    .flatMap((group) => (group === '' ? [] : group.includes('.') ? ['', ''] : [group]))
  const gap = tail === undefined ? 0 : 8 - before.length - behind.length
  const groups = [...before, ...Array.from({ length: gap }, () => '0'), ...behind]
  return groups
    .slice(0, ipv6Bits / 16)
    .map((group) => parseInt(group || '0', 16).toString(16))
    .join(':')
}
