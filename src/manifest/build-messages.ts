import type { Role, TaskTemplate, AttachmentSource } from './manifest.ts';
import type { TextReader } from './read-text.ts';
import { choiceOf, type ReadContext } from './read-values.ts';
import { child, entry, type SourceNode, type MapEntry } from './source-node.ts';
import type { Template } from './template.ts';

interface TaskMessages {
  /** Undefined after reporting an error. */
  readonly prompt: Template | undefined;
  readonly earlier: NonNullable<TaskTemplate['earlier']>;
}

/** Reads `prompt` or `messages`. A bare string is a prompt. */
export async function readMessages(
  node: SourceNode,
  reader: TextReader,
  { source, report }: ReadContext,
): Promise<TaskMessages> {
  const list = entry(node, 'messages');
  const prompt = await reader.read(node.kind === 'scalar' ? node : child(node, 'prompt'));
  if (!list) return { prompt, earlier: [] };
  if (entry(node, 'prompt')) {
    report.error(source.keyPlace(list), {
      code: 'BAD_VALUE',
      message: 'both `messages` and `prompt` are set',
      hint: 'keep one of them: the last message is the prompt',
    });
  }
  const items = list.value.kind === 'list' ? list.value.items : [];
  const messages: Array<{ readonly role: Role; readonly content: Template }> = [];
  for (const item of items) {
    const content = await reader.read(child(item, 'content'));
    const role = choiceOf(child(item, 'role'), ROLES);
    if (content && role) messages.push({ role, content });
  }
  // The errors in the missing messages have already been reported.
  if (messages.length < items.length) return { prompt: undefined, earlier: [] };
  const wrong = [
    { item: items[0], role: messages[0]?.role, place: 'first' },
    { item: items.at(-1), role: messages.at(-1)?.role, place: 'last' },
  ].find(({ role }) => role === 'assistant');
  if (wrong?.item) {
    report.error(source.place(wrong.item), {
      code: 'BAD_VALUE',
      message: `the ${wrong.place} message is from the assistant`,
      hint: 'begin and end the conversation with a message from the user',
    });
  }
  return { prompt: messages.at(-1)?.content, earlier: messages.slice(0, -1) };
}

const ROLES: readonly Role[] = ['user', 'assistant'];

/** Each value is a file pattern or, if it contains a variable, the name of one file. */
export async function buildAttachments(
  found: MapEntry | undefined,
  reader: TextReader,
  { source }: Pick<ReadContext, 'source'>,
): Promise<readonly AttachmentSource[]> {
  if (!found) return [];
  const nodes = found.value.kind === 'list' ? found.value.items : [found.value];
  const sources: AttachmentSource[] = [];
  for (const node of nodes) {
    const name = await reader.read(node);
    if (!name) continue;
    sources.push({ name, isPattern: name.variables.length === 0, place: source.place(node) });
  }
  return sources;
}
