// Runs in a worker thread: compiles schemas that people saved and checks examples against them. Answers hold names and places, never a value.
import { parentPort, workerData } from 'node:worker_threads';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import type { Answer, ValidationTest } from './validation-tests.ts';

/** Patterns match in linear time. Ajv asks for a `code` it would write into standalone modules; none are made here. */
const linear = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // Ajv keeps compiled patterns by their text.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
  },
  { code: 'linear' },
);

const run = ({ schema, examples, counter_examples }: ValidationTest): Omit<Answer, 'index'> => {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true, logger: false, code: { regExp: linear } });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  for (const [index, example] of examples.entries())
    if (!validate(example)) return { passed: false, detail: `example ${index}: ${ajv.errorsText(validate.errors?.slice(0, 1))}` };
  for (const [index, example] of counter_examples.entries())
    if (validate(example)) return { passed: false, detail: `counter-example ${index} fits the schema and should not` };
  return examples.length + counter_examples.length === 0
    ? { passed: true, detail: 'no examples: only the schema was checked' }
    : { passed: true };
};

// Handed over by `validation-tests.ts` as structured clones of exactly this type.
const tests = workerData as readonly ValidationTest[];
for (const [index, test] of tests.entries()) {
  let answer: Omit<Answer, 'index'>;
  try {
    answer = run(test);
  } catch (error) {
    answer = { passed: false, detail: error instanceof Error ? error.message : 'the schema does not compile' };
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  parentPort?.postMessage({ index, ...answer });
}
