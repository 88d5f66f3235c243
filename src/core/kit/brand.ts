declare const brand: unique symbol

/** A base type with a name the compiler checks; build one only in the file that owns the name. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
