// Which code is refused. The house's order (ARCHITECTURE.md) is declared here once; the import rules are derived from it.
import { defineConfig, type OxlintOverride } from 'oxlint';

/** A package imports those before it. */
const packages = 'contracts evidence redaction ranker sdk server console'.split(' ');
/** What may not be imported though it stands before. */
const apart: Readonly<Record<string, readonly string[]>> = {
  redaction: ['evidence'],
  ranker: ['evidence', 'redaction'],
  sdk: ['ranker'],
  console: ['redaction', 'ranker', 'sdk', 'server'],
};
/** The rooms of the server: each imports those before it, through their index.ts. */
const core = 'keys store access artifacts sagas curator';
const features = 'ingest otlp embedding mapping review training rollout audit retention nurse sinks';
const rooms = `${core} ${features} http cli`.split(' ');
const inBrowsers = 'contracts evidence redaction ranker console'.split(' ');
/** The two files that hold a redactor, by package or room: nothing else can redact, so nothing else can forget to. */
const redacting = { sdk: 'packages/sdk/src/sdk.ts', ingest: 'packages/server/src/ingest/gate.ts' } as const;

interface Pattern {
  group: string[];
  importNames?: string[];
  message: string;
}
const restrict = (files: string, patterns: Pattern[]): OxlintOverride => ({
  files: [files],
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const redactsHereOnly: Pattern = {
  group: ['@ancilla/redaction'],
  importNames: ['redactor'],
  message: `only ${Object.values(redacting).join(' and ')} redact`,
};
const packagePatterns = (name: string): Pattern[] => {
  const later = [...packages.slice(packages.indexOf(name)), ...(apart[name] ?? [])].filter((each) => each !== name);
  return [
    ...(later.length === 0
      ? []
      : [
          {
            group: later.flatMap((each) => [`@ancilla/${each}`, `@ancilla/${each}/*`]),
            message: `${name} stands before these (ARCHITECTURE.md)`,
          },
        ]),
    ...(inBrowsers.includes(name) ? [{ group: ['node:*'], message: 'runs in browsers' }] : []),
  ];
};
const roomPatterns = (name: string): Pattern[] => {
  // A room's files lie one or two folders deep.
  const from = (room: string, rest: string) => [`../${room}/${rest}`, `../../${room}/${rest}`];
  const earlier = rooms.slice(0, rooms.indexOf(name));
  const later = rooms.slice(rooms.indexOf(name) + 1);
  return [
    { group: later.flatMap((room) => from(room, '**')), message: `${name}/ stands before these rooms (ARCHITECTURE.md)` },
    {
      // Only of earlier rooms: an exception made for one pattern holds for all.
      group: earlier.flatMap((room) => [...from(room, '**'), ...from(room, '**/index.ts').map((path) => `!${path}`)]),
      message: 'another room is imported through an index.ts',
    },
  ].filter(({ group }) => group.length > 0);
};

// The tool reads a default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'react'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': [
      'error',
      { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'describe', 'it'], package: 'node:test' }] },
    ],
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'no-console': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    // What these find is here by choice or checked by the compiler.
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/consistent-return': 'off',
    'typescript/unbound-method': 'off',
    'import/no-named-as-default-member': 'off',
    'import/no-unassigned-import': 'off',
    'react/react-in-jsx-scope': 'off',
    'promise/always-return': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-unmodified-loop-condition': 'off',
  },
  overrides: [
    ...packages.map((name) => restrict(`packages/${name}/src/**`, [...packagePatterns(name), redactsHereOnly])),
    // Commands that run without a server import the files they need alone: an index.ts would load its whole room.
    ...rooms
      .filter((name) => name !== 'cli')
      .map((name) => restrict(`packages/server/src/${name}/**`, [...roomPatterns(name), redactsHereOnly])),
    restrict(redacting.sdk, packagePatterns('sdk')),
    restrict(redacting.ingest, roomPatterns('ingest')),
    {
      files: ['packages/evidence/src/platform.node.ts', '**/*.test.ts', 'packages/*/src/fixtures/**'],
      rules: { 'no-restricted-imports': 'off' },
    },
    { files: ['packages/server/src/cli/**', 'bench/**', 'examples/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  ],
});
