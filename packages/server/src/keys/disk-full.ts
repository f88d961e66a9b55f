import { AncillaError } from '@ancilla/contracts';

/** The disk, the quota, or the size that a file may have. */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A system's error as `store.full` when it is for want of space; any other as it is. @param of - what there was no room for */
export const orFull = (error: unknown, of: string): unknown =>
  error instanceof Error && 'code' in error && FULL.has(error.code)
    ? new AncillaError('store.full', `no space left for ${of}`, { cause: error })
    : error;
