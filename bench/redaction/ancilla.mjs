// Ours, detection and replacement together, under the default policy where there is no token key.
import { openGate } from '../../packages/server/src/ingest/index.ts';
import { tenantDefaultPolicy } from '@ancilla/redaction';
import { serve } from './protocol.mjs';

const gate = openGate({ policy: { ...tenantDefaultPolicy, default_action: 'mask' }, tokenKey: undefined });
await serve((text) => gate.text(text).spans.map(({ start, end, type }) => ({ start, end, type })));
