// IP addresses and ranges of them, without a library: enough to know a trusted proxy and to count by address.

/** An address as a number and its family; IPv4 mapped into IPv6 (RFC 4291 2.5.5.2) is IPv4. */
export type Address = { readonly bits: 32 | 128; readonly value: bigint };

/** A range in CIDR form (RFC 4632): the addresses whose first `prefix` bits are those of `base`. */
export type AddressRange = { readonly base: Address; readonly prefix: number };

/** Reads an address, with or without brackets or zone; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.replace(/^\[|\]$/g, "").replace(/%[A-Za-z0-9]+$/, "");
  if (!bare.includes(":")) return parseIpv4(bare);
  const address = parseIpv6(bare);
  if (address && address.value >> 32n === 0xffffn) return { bits: 32, value: address.value & 0xffffffffn };
  return address;
}

/** Reads `10.0.0.0/8`, `::1` or a bare address (the range of itself); undefined when it is neither. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [head = "", length, more] = text.trim().split("/");
  const base = parseAddress(head);
  if (!base || more !== undefined) return undefined;
  if (length === undefined) return { base, prefix: base.bits };
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return prefix >= 0 && prefix <= base.bits ? { base, prefix } : undefined;
}

/** Whether an address lies in one of the ranges. */
export function isWithin(address: Address, ranges: readonly AddressRange[]): boolean {
  return ranges.some(({ base, prefix }) => {
    const rest = BigInt(base.bits - prefix);
    return base.bits === address.bits && base.value >> rest === address.value >> rest;
  });
}

/** What counts as one sender: an IPv4 address, or the /64 that an IPv6 subscriber is handed. */
export function senderOf(text: string | null): string {
  const address = text === null ? undefined : parseAddress(text);
  if (!address) return "unknown";
  return address.bits === 32 ? `4:${address.value}` : `6:${address.value >> 64n}`;
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

function parseIpv6(text: string): Address | undefined {
  const halves = withoutDots(text)?.split("::");
  if (!halves || halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** Turns a dotted tail (`::ffff:192.0.2.1`) into two groups. */
function withoutDots(text: string): string | undefined {
  const tail = /[^:]*\.[^:]*$/.exec(text)?.[0];
  if (tail === undefined) return text;
  const dotted = parseIpv4(tail);
  if (!dotted) return undefined;
  const groups = [dotted.value >> 16n, dotted.value & 0xffffn].map((group) => group.toString(16));
  return text.slice(0, -tail.length) + groups.join(":");
}
