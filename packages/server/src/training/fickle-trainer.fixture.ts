// A trainer that gives another model each time: what a library with threads or a clock in it would do.
import { randomInt } from 'node:crypto';
import { priorModel, compare } from '@ancilla/ranker';

for await (const chunk of process.stdin) void chunk;
const model = { ...priorModel, weights: priorModel.weights.map((weight) => weight + randomInt(1_000_000) / 1e6) };
process.stdout.write(JSON.stringify({ model, comparison: { ...compare(priorModel, model, []), clusters: 1 } }));
