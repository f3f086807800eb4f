/** Where values lead. `${__value.raw}` is the cell's own value. */
export const TO_AGENT = '/d/hiveloop-agent?var-agent=${__value.raw}&${environment:queryparam}&${__url_time_range}';
export const TO_TASK = '/d/hiveloop-task?var-task=${__value.raw}&${service:queryparam}&${__url_time_range}';
export const TO_TRACE = '/d/hiveloop-task?var-trace=${__value.raw}&${__url_time_range}';
export const TO_TRACE_OF_TASK =
  '/d/hiveloop-task?var-trace=${__value.raw}&var-task=${__data.fields["Task"]}&${service:queryparam}&${__url_time_range}';
/** The address of Jaeger's own page is the reader's: a variable of the dashboard. */
export const TO_JAEGER = '${jaeger}/trace/${__value.raw}';
export const JAEGER_UI = 'http://localhost:16686';
