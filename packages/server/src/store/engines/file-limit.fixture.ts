import { spawnSync } from 'node:child_process';

/** A limit on the size of files is what a full disk looks like from inside, and needs no disk. @returns false where it cannot be set */
export const limitFiles = (bytes: number | 'unlimited'): boolean =>
  spawnSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:unlimited`]).status === 0;
