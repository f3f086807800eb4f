/** The translator, for embedding: OTLP in, the life of each issue kept, OTLP out. Needs Node 22.13 or later. */
export { createTranslator } from './translator.ts';
export type { Translator, TranslatorOptions } from './translator.ts';
export type { Accounting } from './accounting.ts';
export type { IssueView } from './issue-view.ts';
export type { DerivedSink, SendOutcome } from './outbox/derived-sink.ts';
export { openOtlpSink } from './outbox/otlp-sink.ts';
export type { OtlpSinkOptions } from './outbox/otlp-sink.ts';
export type { StoreUrl } from './store/open-store.ts';
export type { Receipt, Receiver } from './http/receiver.ts';
