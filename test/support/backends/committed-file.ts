import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './real-process.ts';

/**
 * Copies a file of `collector/` with some texts replaced, for programs whose configuration reads no environment.
 * A text that is not in the file is a mistake: the copy would differ from what its reader believes.
 */
export function copyCommitted(file: string, folder: string, replace: Readonly<Record<string, string>>): string {
  let content = readFileSync(join(ROOT, file), 'utf8');
  for (const [text, other] of Object.entries(replace)) {
    if (!content.includes(text)) throw new Error(`${file} has no ${JSON.stringify(text)} to replace`);
    content = content.replaceAll(text, other);
  }
  const copy = join(folder, basename(file));
  writeFileSync(copy, content);
  return copy;
}
