declare const brand: unique symbol

/** A primitive that has been checked: `Brand<string, 'PlateNo'>` is made only by the functions of its own file. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
