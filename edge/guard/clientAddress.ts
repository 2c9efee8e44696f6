// Whose address a request has. A header that anyone can write is believed only as far as trusted proxies wrote
// it: from the right, up to the first address that is not one of them.
import { isWithin, parseAddress } from "./addressRange.ts";
import type { AddressRange } from "./addressRange.ts";

/**
 * The client's address, or null where the socket's is not known.
 * @param forwardedFor the X-Forwarded-For header, nearest hop last
 */
export function clientAddress(
  socket: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: readonly AddressRange[],
): string | null {
  const nearest = socket === undefined ? undefined : parseAddress(socket);
  if (socket === undefined || !nearest) return null;
  const own = socket.replace(/^::ffff:(?=\d+\.)/, "");
  if (!forwardedFor || !isWithin(nearest, trustedProxies)) return own;
  return forwarded(forwardedFor, trustedProxies) ?? own;
}

function forwarded(header: string, trustedProxies: readonly AddressRange[]): string | undefined {
  let farthest: string | undefined;
  for (const hop of header.split(",").reverse()) {
    const text = hop.trim().replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1").replace(/^\[(.*)\](:\d+)?$/, "$1");
    const address = parseAddress(text);
    if (!address) return farthest;
    farthest = text;
    if (!isWithin(address, trustedProxies)) return farthest;
  }
  return farthest;
}
