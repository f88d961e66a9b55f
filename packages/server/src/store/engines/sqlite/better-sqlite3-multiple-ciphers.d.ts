// What we use of the driver: its own types do not resolve under nodenext.
declare module 'better-sqlite3-multiple-ciphers' {
  export type Bindable = string | number | bigint | Uint8Array | null;
  export interface Statement {
    run(...values: readonly Bindable[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
    get(...values: readonly Bindable[]): unknown;
    all(...values: readonly Bindable[]): unknown[];
    raw(): this;
    pluck(): this;
  }
  export default class Database {
    static readonly SqliteError: new () => Error & { readonly code: string };
    constructor(path: string, options?: { readonly timeout?: number; readonly fileMustExist?: boolean });
    readonly open: boolean;
    readonly inTransaction: boolean;
    prepare(sql: string): Statement;
    exec(sql: string): this;
    pragma(pragma: string, options?: { readonly simple?: boolean }): unknown;
    close(): this;
  }
}
