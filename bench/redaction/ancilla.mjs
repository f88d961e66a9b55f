// Ours, detection and replacement together, under the default policy where there is no token key; each text is read each time, though the same ones come again.
import { redactor, tenantDefaultPolicy } from '@ancilla/redaction';
import { serve } from './protocol.mjs';

const { redact } = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'mask' }, remember: 0 });
await serve((text) => redact(text).spans.map(({ start, end, type }) => ({ start, end, type })));
