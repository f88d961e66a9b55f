// The baseline of otlp.ts: the same server, whose gate lets everything through. For benchmarks on invented texts only.
import { registerHooks } from 'node:module';

const GATE = `
const receipt = { policy_id: 'none', policy_version: '0', engine_version: '0', token_key_version: null, counts: {}, bytes_in: 0, bytes_out: 0 };
export const redactorOf = () => (value) => ({ value, spans: [], receipt });
export const openGate = () => ({ clean: async (value) => ({ value, receipt }), text: (text) => ({ text, spans: [] }) });
`;
registerHooks({
  load: (url, context, next) =>
    url.endsWith('/ingest/gate.ts') ? { format: 'module', source: GATE, shortCircuit: true } : next(url, context),
});
