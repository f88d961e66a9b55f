// The HTTP edge: a Fastify shell around routes that are data, and the only way out.
export { openEgress } from './egress.ts';
export { describeError, openLog, type Log, type LogLevel } from './log.ts';
export { openHttp, type Http } from './server.ts';
