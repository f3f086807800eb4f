/** A union of known words that also takes any other string: the vocabulary grows without breaking callers. */
export type Open<T extends string> = T | (string & {});
