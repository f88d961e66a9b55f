// Runs in browsers too. What a list takes and answers, and what a route takes that takes nothing.
import { Type, type TSchema } from 'typebox';

/** In the query of a list: how many at most, and where the page before ended. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
};

/** One page of a list. */
export const pageOf = <S extends TSchema>(item: S) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });

/** A request without parameters, query or body, where a route does not say otherwise. */
export const nothing = { params: Type.Object({}), query: Type.Object({}), body: Type.Null() };
