declare const personal: unique symbol

/**
 * Marks a type that holds a citizen's data: `interface IdCard extends Personal`. No value has the property; it is there
 * for the compiler, which then refuses the type wherever something is written down (`ImpersonalText`, `Storable`).
 */
export interface Personal {
  readonly [personal]?: true
}

/** Text that may be written down. Any string that is not of a personal type is one; what it says, `redact` looks at. */
export type ImpersonalText = string & { readonly [personal]?: never }

/**
 * `T` where it may be written down as JSON, else `never`, which nothing fits: for `value: T & Storable<T>`. Refused are
 * personal types at any depth, bytes (a picture, a feature), and what nobody knows the type of.
 */
export type Storable<T> = typeof personal extends keyof T
  ? never
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends ArrayBufferView | ArrayBufferLike | ((...args: never) => unknown)
      ? never
      : T extends object
        ? [keyof T, object] extends [never, T]
          ? never
          : { readonly [K in keyof T]: Storable<T[K]> }
        : never
