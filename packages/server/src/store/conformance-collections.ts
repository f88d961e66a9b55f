import { collection, makeNewId, toTimestamp, type Because, type Doc, type Io, type NewId } from '@ancilla/contracts';
import { Type } from 'typebox';

// The documents the conformance suite writes: one collection of each kind, and what is peculiar about some.

const closed = { additionalProperties: false } as const;

/** A log with an optional indexed field and a unique set. */
/** A note, and how this one differs. */
export const notes = collection({
  name: 'notes',
  kind: 'log',
  scope: { tenant: true },
  schema: Type.Object(
    {
      note_id: Type.String({ minLength: 1, maxLength: 200 }),
      at: Type.String(),
      topic: Type.String(),
      done: Type.Boolean(),
      saga_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      slot: Type.Optional(Type.String()),
      text: Type.String(),
    },
    closed,
  ),
  key: 'note_id',
  time: 'at',
  retention: 'test',
  summary: 'Notes',
  indexes: { all: [], by_topic: ['topic'], by_topic_done: ['topic', 'done'], by_saga: ['saga_id'] },
  unique: [['slot']],
});
/** A second log, so that seq and feed run over more than one. */
export const events = collection({
  name: 'events',
  kind: 'log',
  scope: { tenant: true },
  schema: Type.Object({ event_id: Type.String(), at: Type.String(), n: Type.Integer() }, closed),
  key: 'event_id',
  time: 'at',
  retention: 'test',
  summary: 'Events',
  indexes: { all: [] },
});
/** A state with a unique set. */
export const counters = collection({
  name: 'counters',
  kind: 'state',
  scope: { tenant: true },
  schema: Type.Object({ counter_id: Type.String(), at: Type.String(), n: Type.Integer(), name: Type.Optional(Type.String()) }, closed),
  key: 'counter_id',
  time: 'at',
  retention: 'test',
  summary: 'Counters',
  indexes: { all: [], by_n: ['n'] },
  unique: [['name']],
});
/** A versioned state that takes any JSON. */
export const settings = collection({
  name: 'settings',
  kind: 'versioned',
  scope: { tenant: true },
  schema: Type.Object({ setting_id: Type.String(), at: Type.String(), value: Type.Unknown() }, closed),
  key: 'setting_id',
  time: 'at',
  retention: 'test',
  summary: 'Settings',
  indexes: { all: [] },
});
/** A collection no tenant holds. */
export const platformOnly = collection({
  name: 'platform_only',
  kind: 'state',
  scope: { platform: true },
  schema: Type.Object({ id: Type.String(), at: Type.String() }, closed),
  key: 'id',
  time: 'at',
  retention: 'test',
  summary: 'What tenants do not hold',
  indexes: { all: [] },
});
/** All of them. */
export const testCollections = [notes, events, counters, settings, platformOnly] as const;

/** The suite's fixed parts: a clock that stands, and randomness that is a counter and so never repeats. */
export function testParts(start = 1): {
  readonly clock: { now(): number };
  readonly random: { bytes(n: number): Uint8Array };
  readonly newId: NewId;
} {
  let count = start * 1_000_003;
  const clock = { now: () => 1_764_000_000_000 };
  const random = {
    bytes: (n: number) => {
      const bytes = new Uint8Array(n);
      for (let i = 0; i < n; i += 4) {
        count = (Math.imul(count ^ (count >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
        for (let j = i; j < Math.min(i + 4, n); j++) bytes[j] = count >>> (8 * (j - i));
      }
      return bytes;
    },
  };
  return { clock, random, newId: makeNewId(clock, random) };
}

/** The suite's clock, `ms` after its start. */
export const at = (ms = 0): string => toTimestamp(1_764_000_000_000 + ms);
export const note = (note_id: string, change: Partial<Doc<typeof notes>> = {}): Doc<typeof notes> => ({
  note_id,
  at: at(),
  topic: 'tea',
  done: false,
  text: 'leaves',
  ...change,
});
/** A reason. */
export const because: Because = { who: 'tester', reason: 'to see', trace_id: '0123456789abcdef0123456789abcdef' };
/** A caller who never stops waiting. */
export const io: Io = { signal: new AbortController().signal };
