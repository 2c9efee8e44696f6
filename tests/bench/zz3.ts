const inc={ "content-type":"application/json","traceparent":"00-abcdefabcdefabcdefabcdefabcdefab-abcdefabcdefabcd-01","x-request-id":"019abf00-0000-7000-8000-00000000000a","content-digest":"sha-256=:dsflkjdslkfjsdlfkjsldkfjslkdfjlskdjflskdjflksdf=:","x-vetware-audience":"core","signature-input":"vetware=(\"@method\" \"@path\" \"@query\" \"content-digest\" \"content-type\" \"x-vetware-audience\");created=1793391;expires=1793391;nonce=\"abcdefabcdefabcdef\";keyid=\"edge-1\";tag=\"vetware-rpc\"",signature:"vetware=:dsflkjdslkfjsdlfkjsldkfjslkdfjlskdjflskdjflksdfdsflkjdslkfjsdlfkjsldkfjslkdfjlskdjflskdjflksdf=:",accept:"*/*","accept-language":"*","sec-fetch-mode":"cors","user-agent":"Deno/2.9",accept_encoding:"gzip","content-length":"900",host:"127.0.0.1:8001"};
const th=()=>{const u=process.threadCpuUsage();return u.user+u.system};
function m(name:string,f:()=>unknown){for(let i=0;i<20000;i++)f();const b=th();for(let i=0;i<40000;i++)f();console.log(name,((th()-b)/40000).toFixed(2))}
const url="http://core/rpc/bench.echo";
m("two",()=>{const headers=new Headers();for(const [n,v] of Object.entries(inc))for(const o of [v??[]].flat())headers.append(n,o);return new Request(url,{method:"POST",headers,duplex:"half"})});
m("pairs",()=>{const p:[string,string][]=[];for(const [n,v] of Object.entries(inc))p.push([n,v]);return new Request(url,{method:"POST",headers:p,duplex:"half"})});
m("record",()=>new Request(url,{method:"POST",headers:{...inc},duplex:"half"}));
m("none",()=>new Request(url,{method:"POST",duplex:"half"}));
m("url",()=>new URL(url));
m("stream",()=>new ReadableStream({pull(){}},{highWaterMark:0}));
m("abort",()=>new AbortController());
