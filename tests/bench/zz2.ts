import { fork, spawn } from "node:child_process"; import { once } from "node:events"; import { fileURLToPath } from "node:url"; import { createInterface } from "node:readline";
import { makeKeyPair } from "#core/rpc/mod.ts"; import { denoCommand } from "#tests/make/deno.ts";
const { privateKey, publicKey } = await makeKeyPair();
for (const [mode,way] of [["none","unsigned"],["sign","unsigned"],["sync","unsigned"],["sign","signed"],["sync","signed"],["none","unsigned"],["sign","signed"],["sync","signed"]]){
const server = fork(fileURLToPath(new URL("./rpcServer.ts", import.meta.url)), [publicKey]);
const [urls] = await once(server, "message");
const {program,args}=denoCommand();
const c=spawn(program,[...args,"run","-A",fileURLToPath(new URL("./zzc.ts", import.meta.url)),privateKey,urls[way!],mode!],{stdio:["pipe","pipe","ignore"]});
const lines=createInterface({input:c.stdout!})[Symbol.asyncIterator]();await lines.next();
const cpuS=async()=>{server.send("cpu");const [t]=await once(server,"message");return t as number};
const b=await cpuS();c.stdin!.write("x\n");const r=JSON.parse((await lines.next()).value);
console.log(mode,way,"client",r.c.toFixed(0),"server",((await cpuS()-b)/12000).toFixed(0),"rate",r.rate.toFixed(0));
c.stdin!.end();server.disconnect();}
