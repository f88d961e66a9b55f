import { Type, type TSchema } from 'typebox';

/** What a list route takes. */
export const paging = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    cursor: Type.Optional(Type.String({ maxLength: 1024 })),
  },
  { additionalProperties: false },
);

/** What a list route answers. */
export const pageOf = <S extends TSchema>(item: S) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });

/** A request without parameters, query or body, where a route does not say otherwise. */
export const nothing = { params: Type.Object({}), query: Type.Object({}), body: Type.Null() };
