// Runs in browsers too.
import { entityTypes } from './entity-types.ts';
import type { Action, Policy } from './policy.ts';

/** What an action leaves of a value, from everything to nothing: a token still tells that two are the same. */
const strength: Readonly<Record<Action, number>> = { allow: 0, token: 1, mask: 2, drop: 3 };
const actionFor = ({ entities, default_action }: Policy, type: string): Action => entities[type] ?? default_action;
const without = <T>(some: readonly T[], others: readonly T[], key: (each: T) => string): readonly T[] => {
  const known = new Set(others.map(key));
  return some.filter((each) => !known.has(key(each)));
};
const plain = (text: string): string => text.toLowerCase();

/** By which fields a policy lets more through, or keeps more, than the one before it; empty when it is at least as strict. JSON pointers, never values. */
export function weakenings(before: Policy, after: Policy): readonly string[] {
  const types = new Set<string>([...entityTypes, 'CUSTOM', ...Object.keys(before.entities), ...Object.keys(after.entities)]);
  const weaker = [...types].filter((type) => strength[actionFor(after, type)] < strength[actionFor(before, type)]);
  return [
    ...weaker.map((type) => `/entities/${type}`),
    ...(strength[after.default_action] < strength[before.default_action] ? ['/default_action'] : []),
    ...(without(after.allow, before.allow, plain).length > 0 ? ['/allow'] : []),
    ...(without(before.deny, after.deny, plain).length > 0 ? ['/deny'] : []),
    ...(without(before.patterns, after.patterns, ({ type, pattern }) => JSON.stringify([type, pattern])).length > 0 ? ['/patterns'] : []),
    ...(without(before.locales, after.locales, plain).length > 0 ? ['/locales'] : []),
    ...(after.store_raw && !before.store_raw ? ['/store_raw'] : []),
    ...(after.on_engine_failure === 'quarantine' && before.on_engine_failure === 'reject' ? ['/on_engine_failure'] : []),
  ];
}
