// Who may hold how many sockets. A socket without an association costs little and may be anyone's, so those have their
// own pool, counted by address: hundreds of idle sockets from one place never keep another place from an association.
import type { DimseLimits } from "./limits.ts";

/** The place of one socket. */
export interface Place {
  /** Takes the place of an association, or says which limit is in the way. */
  associate(): "associated" | "address limit" | "total limit";
  /** The association is over; the socket stays a moment. */
  dissociate(): void;
  /** The socket is gone. */
  leave(): void;
}

type Waiting = { readonly evict: () => void };
type Address = { readonly waiting: Set<Waiting>; associations: number };

export class Admission {
  readonly #limits: DimseLimits;
  readonly #addresses = new Map<string, Address>();
  #waiting = 0;
  #associations = 0;

  constructor(limits: DimseLimits) {
    this.#limits = limits;
  }

  get counts(): { waiting: number; associations: number } {
    return { waiting: this.#waiting, associations: this.#associations };
  }

  /**
   * Lets a socket in, or not (undefined): its address has its share, or the pool is full of addresses that wait less
   * than this one. When the pool is full otherwise, the oldest socket of the most crowded address is evicted for it.
   */
  enter(ip: string, evict: () => void): Place | undefined {
    const name = sourceOf(ip);
    const address = this.#addresses.get(name) ?? { waiting: new Set<Waiting>(), associations: 0 };
    if (address.waiting.size >= this.#limits.waitingPerAddress) return undefined;
    if (this.#waiting >= this.#limits.waiting && !this.#evictOne(address.waiting.size)) return undefined;
    this.#addresses.set(name, address);
    const waiting: Waiting = { evict };
    this.#wait(address, waiting);
    return this.#place(name, address, waiting);
  }

  #place(name: string, address: Address, waiting: Waiting): Place {
    let associated = false;
    return {
      associate: () => {
        if (address.associations >= this.#limits.associationsPerAddress) return "address limit";
        if (this.#associations >= this.#limits.associations) return "total limit";
        associated = true;
        this.#unwait(address, waiting);
        address.associations++;
        this.#associations++;
        return "associated";
      },
      dissociate: () => {
        if (!associated) return;
        associated = false;
        address.associations--;
        this.#associations--;
        this.#wait(address, waiting);
      },
      leave: () => {
        if (associated) {
          associated = false;
          address.associations--;
          this.#associations--;
        }
        this.#unwait(address, waiting);
        const empty = address.waiting.size === 0 && address.associations === 0;
        if (empty && this.#addresses.get(name) === address) this.#addresses.delete(name);
      },
    };
  }

  #wait(address: Address, waiting: Waiting): void {
    address.waiting.add(waiting);
    this.#waiting++;
  }

  #unwait(address: Address, waiting: Waiting): void {
    if (address.waiting.delete(waiting)) this.#waiting--;
  }

  #evictOne(newcomers: number): boolean {
    let crowded: Address | undefined;
    for (const address of this.#addresses.values()) {
      if (address.waiting.size > (crowded?.waiting.size ?? newcomers)) crowded = address;
    }
    const [oldest] = crowded?.waiting ?? [];
    if (!crowded || !oldest) return false;
    this.#unwait(crowded, oldest);
    oldest.evict();
    return true;
  }
}

/** An address as people write it: IPv4 that came through an IPv6 socket without its prefix (RFC 4291 2.5.5.2). */
export function plainAddress(ip: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
}

/** The part of an address that one customer holds: all of IPv4, the first 64 bits of IPv6 (RFC 6177). */
export function sourceOf(ip: string): string {
  const plain = plainAddress(ip);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = (plain.split("%")[0] ?? "").split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":").length : 0;
  const filled = tail === undefined
    ? groups
    : [...groups, ...Array<string>(Math.max(0, 8 - groups.length - after)).fill("0")];
  const whole = tail ? [...filled, ...tail.split(":")] : filled;
  return whole.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":");
}
