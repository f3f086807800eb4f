import type { Attributes, LogRecord, ScopeLogs, ScopeSpans, Span } from './model.ts';

/** Attributes that are on several records: encoded once, copied into each. The bytes are those of plain ones. */
export class EncodedAttributes {
  /** `KeyValue`s, each with a tag of one byte, whichever. */
  readonly fields: Uint8Array;
  /** What one of the records says besides; it comes last. */
  readonly others: Attributes;

  constructor(fields: Uint8Array, others: Attributes = {}) {
    this.fields = fields;
    this.others = others;
  }

  /** The same, and these besides. */
  with(others: Attributes): EncodedAttributes {
    return new EncodedAttributes(this.fields, others);
  }
}

/** A record on its way out, its attributes encoded already or not. */
export type Encodable<Item extends LogRecord | Span> = Omit<Item, 'attributes'> & {
  readonly attributes: Attributes | EncodedAttributes;
};

export type EncodableLogs = Omit<ScopeLogs, 'logRecords'> & { readonly logRecords: readonly Encodable<LogRecord>[] };
export type EncodableSpans = Omit<ScopeSpans, 'spans'> & { readonly spans: readonly Encodable<Span>[] };
