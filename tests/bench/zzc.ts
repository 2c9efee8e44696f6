import { argv, cpuUsage } from "node:process";
import { openCore, systemRandom } from "#core/rpc/mod.ts"; import { asks, echo, who } from "./rpcEcho.ts";
const [key="",url="",mode=""]=argv.slice(2); const way={key,keyId:"edge-1",audience:"core",fetch,now:Date.now,random:systemRandom,url};
const fill="x".repeat(88);
import { contentDigest } from "#core/rpc/digest.ts"; import { toBase64,toBase64Url } from "#core/rpc/base64.ts"; import { rpcProfile,signatureBase,signatureParameters } from "#core/rpc/profile.ts"; import { createPrivateKey, sign } from "node:crypto";
const pk=createPrivateKey({key:JSON.parse(key),format:"jwk"});const enc=new TextEncoder();
const syncSign=async(u:URL,h:Headers,b:Uint8Array<ArrayBuffer>)=>{h.set("content-digest",await contentDigest(b));h.set("x-vetware-audience","core");const created=Math.floor(Date.now()/1000);const p=signatureParameters(rpcProfile,{created,expires:created+30,nonce:toBase64Url(systemRandom(16)),keyId:"edge-1"});const base=signatureBase(rpcProfile,{method:"POST",url:u,headers:h},p)!;const s=sign(null,enc.encode(base),pk);h.set("signature-input","vetware="+p);h.set("signature","vetware=:"+toBase64(s)+":")};
const core= mode==="sync"?openCore(way,syncSign):mode==="sign"?openCore(way):mode==="fat"?openCore(way,async(_u,h)=>{h.set("content-digest","sha-256=:"+fill.slice(0,44)+":");h.set("x-vetware-audience","core");h.set("signature-input",fill+fill+fill);h.set("signature",fill)}):openCore(way,async()=>{});
const run=(n:number)=>Promise.all(Array.from({length:8},async()=>{for(let i=0;i<n/8;i++)await core(echo,asks,{who})}));
await run(4000);console.log("warm");
for await(const _ of (await import("node:readline")).createInterface({input:process.stdin})){const b=cpuUsage();const t=performance.now();await run(12000);const a=cpuUsage(b);console.log(JSON.stringify({c:(a.user+a.system)/12000,rate:12000/(performance.now()-t)*1000}))}
