// Requests over and over from a few connections, as fast as they are answered: reads what to
// do as JSON from standard input and prints what came of it. The work is autocannon's.
//
// A request with `bodies` sends one of them after the other. What the answer to one with `keep`
// said stands in for {names} in the path and headers of one with `follow`.
import autocannon from "autocannon";
import os from "node:os";
import { text } from "node:stream/consumers";

const task = JSON.parse(await text(process.stdin));
// The server is to be measured, so where there is too little for both, it goes first.
os.setPriority(10);

const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function asRequest({ method = "GET", path, headers = {}, body, bodies, follow, keep }) {
  const request = { method, path, headers, body };
  let turn = Math.floor(Math.random() * (bodies?.length ?? 0));
  if (bodies) {
    request.setupRequest = (sent) => ({ ...sent, body: bodies[turn++ % bodies.length] });
  }
  if (follow) {
    // Without an answer to follow the flow begins anew.
    request.setupRequest = (sent, { kept }) =>
      kept && {
        ...sent,
        path: fill(path, kept),
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, fill(value, kept)]),
        ),
      };
  }
  if (keep) {
    request.onResponse = (status, answer, context) => {
      if (status < 300) context.kept = JSON.parse(answer);
    };
  }
  return request;
}

const milliseconds = [];
const statuses = {};
const requests = task.requests.map(asRequest);
const begun = process.cpuUsage();
const from = performance.now();
const run = autocannon({
  url: task.url,
  connections: task.connections,
  duration: task.seconds,
  // Its own estimate of what it sends: of no use here, and it costs.
  excludeErrorStats: true,
  requests,
});
run.on("response", (client, status, bytes, time) => {
  statuses[status] = (statuses[status] ?? 0) + 1;
  milliseconds.push(time);
});
const result = await run;
const seconds = (performance.now() - from) / 1000;
const { user, system } = process.cpuUsage(begun);

milliseconds.sort((a, b) => a - b);
const quantile = (share) => milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? null;
console.log(
  JSON.stringify({
    answers: milliseconds.length,
    seconds,
    p50_ms: quantile(0.5),
    p95_ms: quantile(0.95),
    statuses,
    errors: result.errors,
    generator_cpu_seconds: (user + system) / 1e6,
  }),
);
