/*
 * HiveLoop manual, §11.6, read from what arrives over OTLP.
 *
 * | Box                            | Signal                        | Attribute and value                                     |
 * |--------------------------------|-------------------------------|---------------------------------------------------------|
 * | a turn with tool calls         | child spans of the task's     | `gen_ai.operation.name` = `execute_tool`                |
 * | blue nodes with tool names     | those spans                   | `gen_ai.tool.name`, name `execute_tool {tool}`          |
 * | duration on each node          | those spans; log event; histogram | end − start; `hiveloop.duration`; `gen_ai.execute_tool.duration` (s) |
 * | red node with the exception    | span and log event            | status ERROR, `error.type`, span event `exception`; `hiveloop.action.failed` |
 * | `action_started`, `_completed` | log events, category `action` | `hiveloop.action.started`, `hiveloop.action.completed`  |
 * | tools between the LLM nodes    | children of the task's span   | order of their starts                                   |
 */
import { describeToolBoxes } from '../support/tool-boxes.ts';

describeToolBoxes('manual §11.6, tool execution tracking (model calls inside trackLlmCall)', 'around');
