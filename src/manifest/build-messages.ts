import type { Role, TaskTemplate, AttachmentSource } from './manifest.ts';
import type { TextReader } from './read-text.ts';
import type { Template } from './template.ts';
import type { Written } from './written-value.ts';

interface TaskMessages {
  /** Undefined after reporting an error. */
  readonly prompt: Template | undefined;
  readonly earlier: NonNullable<TaskTemplate['earlier']>;
}

/** Reads `prompt` or `messages`. A bare string is a prompt. */
export async function readMessages(task: Written, reader: TextReader): Promise<TaskMessages> {
  const list = task.get('messages');
  const prompt = await reader.read(task.isMap ? task.get('prompt') : task);
  if (!list.isGiven) return { prompt, earlier: [] };
  if (task.get('prompt').isGiven) {
    list.keyError({
      message: 'both `messages` and `prompt` are set',
      hint: 'keep one of them: the last message is the prompt',
    });
  }
  const items = list.isList ? list.items : [];
  const messages: Array<{ readonly role: Role; readonly content: Template }> = [];
  for (const item of items) {
    const content = await reader.read(item.get('content'));
    const role = item.get('role').choice(ROLES);
    if (content && role) messages.push({ role, content });
  }
  // The errors in the missing messages have already been reported.
  if (messages.length < items.length) return { prompt: undefined, earlier: [] };
  const ends = [
    ['first', 0],
    ['last', -1],
  ] as const;
  const wrong = ends.find(([, at]) => messages.at(at)?.role === 'assistant');
  if (wrong) {
    items.at(wrong[1])?.error({
      message: `the ${wrong[0]} message is from the assistant`,
      hint: 'begin and end the conversation with a message from the user',
    });
  }
  return { prompt: messages.at(-1)?.content, earlier: messages.slice(0, -1) };
}

const ROLES: readonly Role[] = ['user', 'assistant'];

/** Each value is a file pattern or, if it contains a variable, the name of one file. */
export async function buildAttachments(
  written: Written,
  reader: TextReader,
): Promise<readonly AttachmentSource[]> {
  const sources: AttachmentSource[] = [];
  for (const each of written.items) {
    const name = await reader.read(each);
    if (!name) continue;
    sources.push({ name, isPattern: name.variables.length === 0, place: each.place });
  }
  return sources;
}
