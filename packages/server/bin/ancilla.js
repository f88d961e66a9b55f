#!/usr/bin/env node
// Starts the `ancilla` command. What its modules compile to is kept in the cache folder of whoever runs it, so that the next start need not compile them; where nothing can
// be kept, nothing is. Not in the folder for everybody's temporary files: code that another user put there would run.
// Plain JavaScript, so that a start from sources whose modules are kept need not load what strips types.
import { enableCompileCache } from 'node:module';
import { isAbsolute, join } from 'node:path';

const { HOME, USERPROFILE, XDG_CACHE_HOME } = process.env;
const folders = [XDG_CACHE_HOME, HOME && join(HOME, '.cache'), USERPROFILE && join(USERPROFILE, '.cache')];
const cache = folders.find((folder) => folder !== undefined && isAbsolute(folder));
if (cache !== undefined) {
  enableCompileCache(join(cache, 'ancilla'));
  // Threads look for it here.
  process.env.NODE_COMPILE_CACHE ??= join(cache, 'ancilla');
}
await import('#command');
