import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy, tenantDefaultPolicy } from './policy.ts';
import { weakenings } from './weakenings.ts';

const policy = (change: object = {}) => parsePolicy({ ...tenantDefaultPolicy, ...change });
const strict = policy({ deny: ['Falcon'], patterns: [{ type: 'PROJECT', pattern: 'PRJ-[0-9]+' }] });

test('what lets more through or keeps more is named; what is stricter is not', () => {
  for (const [change, fields] of [
    [{}, []],
    [{ entities: { SECRET: 'drop' } }, []],
    [{ entities: { SECRET: 'mask', EMAIL: 'allow' } }, ['/entities/EMAIL']],
    [{ entities: { SECRET: 'token' } }, ['/entities/SECRET']],
    [{ entities: { SECRET: 'mask', PROJECT: 'allow' } }, ['/entities/PROJECT']],
    [{ deny: ['FALCON', 'more'] }, []],
    [{ deny: [] }, ['/deny']],
    [{ patterns: [] }, ['/patterns']],
    [{ allow: ['Acme'] }, ['/allow']],
    [{ locales: ['US'] }, ['/locales']],
    [{ store_raw: true, on_engine_failure: 'quarantine' }, ['/store_raw', '/on_engine_failure']],
  ] as const)
    deepEqual(weakenings(strict, policy({ deny: strict.deny, patterns: strict.patterns, ...change })), fields, JSON.stringify(change));
});
