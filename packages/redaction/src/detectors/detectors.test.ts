import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { detect, settle, toEngine } from '../engine.ts';
import { toView } from '../normalise.ts';
import { detectors } from './index.ts';

for (const detector of detectors) {
  const engine = toEngine([detector]);
  for (const { text, finds } of detector.examples) {
    test(`${detector.rule}: ${finds === undefined ? 'nothing' : 'its value'} in ${JSON.stringify(text.slice(0, 60))}`, () => {
      const view = toView(text);
      const found = settle(detect(engine, { text: view.text, floor: 0, regions: ['US', 'GB', 'DE', 'FR', 'ES'] }).found);
      equal(found.map(({ start, end }) => view.text.slice(start, end)).join(' + '), finds ?? '');
      for (const { type } of found) equal(type, detector.type ?? type);
    });
  }
  test(`${detector.rule}: has examples of both kinds and a source`, () => {
    ok(detector.examples.some(({ finds }) => finds !== undefined));
    ok(detector.examples.some(({ finds }) => finds === undefined));
    ok(detector.source.length > 3);
  });
}
