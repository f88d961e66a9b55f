// A conversation as agents send it, all of it again with every turn: what redaction costs when texts that come again are not read again, beside reading all.
import { redactor, tenantDefaultPolicy } from '@ancilla/redaction';
import { median } from './measure.ts';

const TURNS = 20;
const ROUNDS = 7;
const INSTRUCTIONS = Array.from(
  { length: 60 },
  (_, n) => `Rule ${n}: answer in one sentence, name no customer, and ask for the order's number first.`,
).join('\n');
const said = (round: number, turn: number): string =>
  Array.from(
    { length: 8 },
    (_, n) =>
      `Turn ${turn}.${n} of ${round}: I am Dana Whitfield, write to dana${turn}@mail.example or ring +49 30 1254${1000 + n}; the order was late again.`,
  ).join(' ');

const milliseconds = (remember: number | undefined): number => {
  const took: number[] = [];
  const { redact } = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'mask' }, ...(remember !== undefined && { remember }) });
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const messages = [{ role: 'system', content: INSTRUCTIONS }];
    for (let turn = 0; turn < TURNS; turn++) {
      messages.push({ role: turn % 2 === 0 ? 'user' : 'assistant', content: said(round, turn) });
      redact(messages);
    }
    took.push(performance.now() - began);
  }
  return median(took.slice(2));
};
const [all, once] = [milliseconds(0), milliseconds(undefined)];
process.stdout.write(
  `${TURNS} turns, each with all before it: ${once.toFixed(0)} ms, reading all each time ${all.toFixed(0)} ms: × ${(all / once).toFixed(1)} as fast\n`,
);
