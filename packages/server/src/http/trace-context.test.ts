import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraceparent } from './trace-context.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

test('a traceparent is read as the standard says', () => {
  deepEqual(parseTraceparent(`00-${trace}-${span}-01`), { trace_id: trace, span_id: span, flags: 1 });
  deepEqual(parseTraceparent(`cc-${trace}-${span}-01-what-comes-later`), { trace_id: trace, span_id: span, flags: 1 });
  for (const wrong of [
    undefined,
    '',
    `00-${trace}-${span}`,
    `00-${trace}-${span}-01-x`,
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
  ])
    equal(parseTraceparent(wrong), undefined);
});
