import { providerType } from '../manifest/build-providers.ts';
import type {
  AttachmentSource,
  Manifest,
  ModelName,
  AttachmentsTaken,
  ProviderSettings,
} from '../manifest/manifest.ts';
import type { TemplateData } from '../manifest/template.ts';
import { namesHint, type FileProblem, type ProjectFiles } from '../ports/files.ts';
import { attachmentOf, type Attachment } from './attachment.ts';
import { knownProviders } from '../manifest/known-providers.ts';

/** Reads the attachments of tasks. Shared ones are read once. */
export interface AttachmentReader {
  read(
    sources: readonly AttachmentSource[],
    data: TemplateData,
    model: ModelName,
  ): Promise<AttachmentsRead>;
}

type AttachmentsRead =
  | { readonly ok: true; readonly attachments: readonly Attachment[] }
  | { readonly ok: false; readonly problem: AttachmentProblem; readonly source: AttachmentSource };

interface AttachmentProblem {
  readonly code: FileProblem['code'] | 'ATTACHMENT_REFUSED';
  readonly message: string;
  readonly hint: string;
}

const MEBIBYTE = 1024 * 1024;

/** Limits of the wire formats, before base64 adds a third (November 2026). */
const MOST_BYTES = {
  anthropic: { image: 3.75 * MEBIBYTE, all: 22 * MEBIBYTE },
  openai: { image: 20 * MEBIBYTE, all: 36 * MEBIBYTE },
  mock: { image: 20 * MEBIBYTE, all: 36 * MEBIBYTE },
} as const;
const MOST_FILES = 100;
/** Limit for the cache of files. */
const MOST_KEPT_BYTES = 64 * MEBIBYTE;

export function createAttachmentReader(
  { providers }: Pick<Manifest, 'providers'>,
  files: ProjectFiles,
): AttachmentReader {
  const kept = new Map<string, { read: ReturnType<typeof readFile>; bytes: number }>();
  let keptBytes = 0;
  return { read };

  async function read(
    sources: readonly AttachmentSource[],
    data: TemplateData,
    model: ModelName,
  ): Promise<AttachmentsRead> {
    const limits = MOST_BYTES[providerType(model.provider, providers) ?? 'openai'];
    const attachments = new Map<string, Attachment>();
    let bytes = 0;
    for (const source of sources) {
      const failed = (problem: AttachmentProblem) => ({ ok: false, problem, source }) as const;
      const names = await namesOf(source, data);
      if (!names.ok) return failed(names.problem);
      for (const name of names.value) {
        if (attachments.has(name)) continue;
        const found = await keptFile(name);
        if (!found.ok) return failed(found.problem);
        const { attachment } = found;
        const refusal =
          refusalOf(attachment, name, model) ?? tooLarge(attachment, name, limits.image);
        if (refusal) return failed(refusal);
        attachments.set(name, attachment);
        bytes += attachment.bytes;
        if (bytes > limits.all || attachments.size > MOST_FILES) return failed(tooMuch(limits.all));
      }
    }
    return { ok: true, attachments: [...attachments.values()] };
  }

  async function namesOf({ name, isPattern }: AttachmentSource, data: TemplateData) {
    const text = await name.render(data);
    if (!text.ok) {
      const { message, hint } = text;
      return { ok: false, problem: { code: 'BAD_VALUE', message, hint } } as const;
    }
    if (!isPattern) return { ok: true, value: [text.text.trim()] } as const;
    const found = await files.glob([text.text.trim()]);
    if (!found.ok || found.value.length > 0) return found;
    return { ok: false, problem: noFile(text.text.trim()) } as const;
  }

  async function keptFile(name: string): ReturnType<typeof readFile> {
    const known = kept.get(name);
    if (known) return known.read;
    const entry = { read: readFile(name), bytes: 0 };
    kept.set(name, entry);
    const found = await entry.read;
    entry.bytes = found.ok ? found.attachment.base64.length : 0;
    keptBytes += entry.bytes;
    for (const [oldest, { bytes }] of kept) {
      if (keptBytes <= MOST_KEPT_BYTES) break;
      kept.delete(oldest);
      keptBytes -= bytes;
    }
    return found;
  }

  async function readFile(name: string) {
    const bytes = await files.read(name, { maxBytes: MOST_BYTES.openai.all });
    return bytes.ok ? attachmentOf(name, bytes.value) : bytes;
  }

  function refusalOf(
    { mediaType }: Attachment,
    name: string,
    { provider }: ModelName,
  ): AttachmentProblem | undefined {
    const taken = attachmentsTaken(provider, providers);
    const isImage = mediaType !== 'application/pdf';
    if (taken === 'all' || (taken === 'images' && isImage)) return undefined;
    return {
      code: 'ATTACHMENT_REFUSED',
      message: `\`${provider}\` does not accept ${isImage ? 'images' : 'PDFs'}, but \`${name}\` is one`,
      hint: 'choose another provider, or set `attachments: all` for it under `providers` if it does accept them',
    };
  }
}

function tooLarge(
  { mediaType, bytes }: Attachment,
  name: string,
  most: number,
): AttachmentProblem | undefined {
  if (mediaType === 'application/pdf' || bytes <= most) return undefined;
  return {
    code: 'FILE_TOO_LARGE',
    message: `\`${name}\` has ${inMebibytes(bytes)}, more than the ${inMebibytes(most)} that the provider accepts for an image`,
    hint: 'make it smaller: models scale large images down themselves',
  };
}

function tooMuch(most: number): AttachmentProblem {
  return {
    code: 'FILE_TOO_LARGE',
    message: `the attachments of one task are more than ${inMebibytes(most)} or ${MOST_FILES} files`,
    hint: 'spread them over several tasks, with `for_each: {glob: …}`',
  };
}

function noFile(pattern: string): AttachmentProblem {
  return {
    code: 'FILE_NOT_FOUND',
    message: `no file matches \`${pattern}\``,
    hint: namesHint(pattern),
  };
}

function inMebibytes(bytes: number): string {
  return `${Math.round((100 * bytes) / MEBIBYTE) / 100} MiB`;
}

/**
 * The attachments that a provider accepts: as its entry says, otherwise as the built-in providers
 * do. Most servers with Chat Completions accept images, but few accept PDFs. What a single model
 * accepts is not known.
 */
function attachmentsTaken(
  provider: string,
  providers: ReadonlyMap<string, ProviderSettings>,
): AttachmentsTaken {
  const settings = providers.get(provider);
  const known = knownProviders.get(provider);
  const stated = settings?.attachments ?? known?.attachments;
  if (stated) return stated;
  const isChat = (settings?.api ?? known?.api ?? 'chat') === 'chat';
  return providerType(provider, providers) === 'openai' && isChat ? 'images' : 'all';
}
