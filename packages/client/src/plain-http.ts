/** Where plain http is acceptable: on this machine always, inside a private network for the addresses of Hydra. */
import { isIPv4, isIPv6 } from 'node:net'

/** Names that only resolve inside a private network: RFC 8375, RFC 6762, ICANN's reservation of `.internal`, Kubernetes. */
const PRIVATE_SUFFIXES = ['.internal', '.local', '.home.arpa', '.svc']

/** Whether `hostname` (as `URL.hostname` has it) is this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bare(hostname)
  if (isIPv4(host)) return host.startsWith('127.')
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost')
}

/** Whether `hostname` can only be inside a private network: private addresses, single names, private suffixes. */
export function isPrivateHost(hostname: string): boolean {
  const host = bare(hostname)
  if (isIPv4(host)) return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host) // RFC 1918
  if (isIPv6(host)) return /^f[cd]/.test(host) // RFC 4193
  return !host.includes('.') || PRIVATE_SUFFIXES.some((suffix) => host.endsWith(suffix))
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}
