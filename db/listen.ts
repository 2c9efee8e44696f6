import type { AddressInfo, Server } from "node:net";

/** Listens and says the port, which the system chose when 0 was asked for. */
export async function listen(server: Server, port: number, bind: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, bind, resolve);
  });
  return (server.address() as AddressInfo).port;
}
