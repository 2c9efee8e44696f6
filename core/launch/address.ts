// Bind addresses: which of them only this machine, or only a private network, can reach (PL-21).
import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

const privateNetworks = new BlockList();
privateNetworks.addSubnet("10.0.0.0", 8);
privateNetworks.addSubnet("172.16.0.0", 12);
privateNetworks.addSubnet("192.168.0.0", 16);
privateNetworks.addSubnet("100.64.0.0", 10);
privateNetworks.addSubnet("fc00::", 7, "ipv6");

function within(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** Whether only this machine reaches the address. */
export function isLoopback(address: string): boolean {
  return within(loopback, address);
}

/** Whether the address is of this machine or a private network; false for 0.0.0.0, :: and public ones. */
export function isPrivate(address: string): boolean {
  return isLoopback(address) || within(privateNetworks, address);
}

/** Host and port as a URL or a permission writes them. */
export function hostPort(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Where a listener bound to `address` is reached from this machine. */
export function reachedAt(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
