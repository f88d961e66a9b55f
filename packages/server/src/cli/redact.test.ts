import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { redactCommand } from './redact.ts';

async function run(args: readonly string[], input: readonly (string | Uint8Array)[], files: Readonly<Record<string, string>> = {}) {
  let out = '';
  let err = '';
  const code = await redactCommand(args, {
    stdin: (async function* () {
      yield* input;
    })(),
    stdout: { write: (text) => ((out += text), true), once: () => undefined },
    stderr: { write: (text) => (err += text) },
    async readFile(path) {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
  });
  const lines: readonly unknown[] = out.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
  return { code, lines, err };
}

test('a line with id and text gives the redacted text and its spans in offsets of the input', async () => {
  const { code, lines } = await run([], ['{"id":"1","text":"😀 mail ann@mail.example"}\n{"id":"2","text":"nothing"}']);
  equal(code, 0);
  deepEqual(lines, [
    { id: '1', text: '😀 mail [EMAIL]', spans: [{ start: 8, end: 24, type: 'EMAIL' }] },
    { id: '2', text: 'nothing', spans: [] },
  ]);
});

test('chunk borders change nothing, not even inside a character', async () => {
  const bytes = new TextEncoder().encode('{"id":"é","text":"Zoë, ann@mail.example"}\n\n{"id":"b","text":"x"}\n');
  const whole = await run([], [bytes]);
  for (let at = 0; at <= bytes.length; at++) deepEqual(await run([], [bytes.subarray(0, at), bytes.subarray(at)]), whole);
});

const key = { 'key.hex': '07'.repeat(32) };
test('with a token key values become tokens; a policy file decides the rest', async () => {
  const line = '{"id":"1","text":"ann@mail.example, 4111 1111 1111 1111"}\n';
  const tokens = await run(['--token-key', 'key.hex'], [line], key);
  match(JSON.stringify(tokens.lines), /<EMAIL_[a-z2-7]{20}>, <CREDIT_CARD_/);
  const policy = { 'p.json': '{"policy_id":"p","version":"1","default_action":"mask","entities":{"EMAIL":"drop","SECRET":"mask"}}' };
  const dropped = await run(['--policy', 'p.json'], [line], policy);
  match(JSON.stringify(dropped.lines), /"text":", \[CREDIT_CARD\]"/);
});

const wrong: readonly (readonly [what: string, args: readonly string[], input: string, files: Record<string, string>, message: RegExp])[] =
  [
    ['a line that is not JSON', [], '{"id":"1","text":"a"}\nann@mail.example\n', {}, /^ancilla redact: line 2 is not JSON\n$/],
    ['a line without text', [], '{"id":"1"}\n', {}, /line 1 needs "id" and "text"/],
    ['an unknown option', ['--polcy', 'x'], '', {}, /unknown or incomplete option --polcy\nusage:/],
    ['a policy that is not there', ['--policy', 'x'], '', {}, /cannot read x/],
    [
      'a policy with a wrong field',
      ['--policy', 'p'],
      '',
      { p: '{"policy_id":"p","version":"1","entitys":{}}' },
      /p: \/entitys: expected no such field/,
    ],
    [
      'a policy that asks for tokens without a key',
      ['--policy', 'p'],
      '',
      { p: '{"policy_id":"p","version":"1"}' },
      /no token key; give --token-key/,
    ],
    ['a key that is none', ['--token-key', 'k'], '', { k: 'zz' }, /expected a key of 16 to 64 bytes in hex/],
  ];
for (const [what, args, input, files, message] of wrong) {
  test(`${what} ends with exit code 2 and says so`, async () => {
    const { code, err } = await run(args, [input], files);
    equal(code, 2);
    match(err, message);
  });
}
