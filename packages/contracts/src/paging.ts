// Runs in browsers too. What a list takes and answers, and what a route takes that takes nothing.
import { Type, type TSchema } from 'typebox';

const LARGEST_PAGE = 500;

/** In the query of a list: how many at most, and where the page before ended. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST_PAGE })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
};

/** One page of a list. */
export const pageOf = <S extends TSchema>(item: S) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });

/** What is asked of a list whose pages are read one after the other. */
export interface NextPage {
  readonly limit: number;
  readonly cursor?: string;
}

/** Every item of a list, page by page: the next page is asked for when the one before was used up. */
export async function* everyOf<T>(
  page: (next: NextPage) => Promise<{ readonly items: readonly T[]; readonly next_cursor: string | null }>,
): AsyncGenerator<T, void, undefined> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, next_cursor } = await page({ limit: LARGEST_PAGE, ...(cursor !== undefined && { cursor }) });
    yield* items;
    cursor = next_cursor;
  }
}

/** A request without parameters, query or body, where a route does not say otherwise. */
export const nothing = { params: Type.Object({}), query: Type.Object({}), body: Type.Null() };
