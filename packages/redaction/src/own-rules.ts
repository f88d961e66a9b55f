// Runs in browsers too.
import { RE2JS } from 're2js';
import { confidence, type Found } from './detector.ts';
import type { Policy } from './policy.ts';

/** A tenant's own rules, compiled once, in linear time. */
export type OwnRules = (text: string, from: number) => readonly Found[];

/** The policy's patterns and deny list as one rule. */
export function ownRules(policy: Policy): OwnRules {
  const compiled = [
    ...policy.patterns.map(({ type, pattern }) => ({ type, rule: `policy.${type}`, matcher: RE2JS.compile(pattern) })),
    ...(policy.deny.length === 0
      ? []
      : [
          {
            type: 'SECRET',
            rule: 'policy.deny',
            matcher: RE2JS.compile(policy.deny.map((each) => RE2JS.quote(each)).join('|'), RE2JS.CASE_INSENSITIVE),
          },
        ]),
  ];
  return (text, from) => {
    const found: Found[] = [];
    for (const { type, rule, matcher: pattern } of compiled) {
      const matcher = pattern.matcher(text);
      while (matcher.find()) {
        const [start, end] = [matcher.start(), matcher.end()];
        if (end > start && start >= from) found.push({ start, end, type, rule, confidence: confidence.certain });
      }
    }
    return found;
  };
}
