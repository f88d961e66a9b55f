// The HTTP edge: a Fastify shell around routes that are data, and the only way out.
export { openEgress } from './egress.ts';
export { openHttp, type Http, type Log } from './server.ts';
