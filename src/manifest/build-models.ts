import { memoized } from '../ports/memoized.ts';
import type { ModelName } from './manifest.ts';
import { parseModelName } from './model-name.ts';
import { stringOf, type ReadContext } from './read-values.ts';
import type { KnownErrors } from './report.ts';
import type { MapEntry, SourceNode } from './source-node.ts';

/** Reads the values of `model`: one model, or a list to try in turn. Errors are reported once. */
export interface ModelReader {
  /** Undefined after an error. Never an empty list. */
  read(found: MapEntry): readonly ModelName[] | undefined;
}

export function modelReader(
  context: ReadContext & {
    readonly declared: ReadonlySet<string>;
    readonly knownErrors: KnownErrors;
  },
): ModelReader {
  const { source, report, declared, knownErrors } = context;
  const readAll = memoized(readList);
  return { read: ({ value }) => readAll(value) };

  function readList(node: SourceNode): readonly ModelName[] | undefined {
    const models: ModelName[] = [];
    const names = new Set<string>();
    const nodes = node.kind === 'list' ? node.items : [node];
    for (const each of nodes) {
      const text = stringOf(each);
      const model = text === undefined ? undefined : readOne(each, text);
      if (text === undefined || !model) return undefined;
      if (names.has(text)) {
        report.error(source.place(each), {
          code: 'BAD_VALUE',
          message: `\`${text}\` is in the list twice`,
          hint: 'delete one: a model that failed is not tried again',
        });
      }
      names.add(text);
      models.push(model);
    }
    return models.length === 0 ? undefined : models;
  }

  function readOne(node: SourceNode, text: string): ModelName | undefined {
    const parsed = parseModelName(text, declared);
    if (parsed.ok) return parsed.value;
    const isFollowing = parsed.code === 'UNKNOWN_PROVIDER' && knownErrors.hasErrorAt('providers');
    if (!isFollowing) report.error(source.place(node), parsed);
    return undefined;
  }
}
