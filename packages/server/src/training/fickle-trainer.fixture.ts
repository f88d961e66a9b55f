// A trainer that gives another model each time: what a library with threads or a clock in it would do.
import { randomInt } from 'node:crypto';
import { baseModel, compare } from '@ancilla/ranker';

for await (const chunk of process.stdin) void chunk;
const model = { ...baseModel, none: randomInt(1_000_000) };
process.stdout.write(JSON.stringify({ model, comparison: { ...compare(baseModel, model, []), clusters: 1 } }));
