/** The bound that the translator is measured against: gunzip and decode of the same kind of bodies, and nothing else. */
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { readFileSync } from 'node:fs';
import { decodeLogs } from '../../src/translator/otlp/decode.ts';
import { cpuMicros, type Slice } from './slice.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

const [, , contender = '', optionsText = '{}'] = process.argv;
const options = JSON.parse(optionsText) as WorkloadOptions;
const workload = new Workload(options);
const bodies = Array.from({ length: 64 }, () => workload.body());
const decode = contender === 'protobufjs' ? protobufjsDecoder() : ownDecoder();
let next = 0;

process.on('message', (requests: number) => {
  const start = cpuMicros();
  for (let i = 0; i < requests; i++) {
    const body = bodies[next++ % bodies.length] ?? Buffer.alloc(0);
    decode(options.isGzip ? gunzipSync(body) : body);
  }
  const slice: Slice = { cpuMicros: cpuMicros() - start, records: requests * options.recordsPerRequest };
  process.send?.(slice);
});
process.send?.('ready');

function ownDecoder(): (body: Uint8Array) => unknown {
  return (body) => decodeLogs(body, options.encoding);
}

function protobufjsDecoder(): (body: Uint8Array) => unknown {
  const path = new URL('../../test/translator/otlp/otlp.proto', import.meta.url);
  const type = protobuf.parse(readFileSync(path, 'utf8')).root.lookupType('otlp.ExportLogsServiceRequest');
  return (body) => type.decode(body);
}
