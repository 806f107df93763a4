import { providerType } from './build-providers.ts';
import { knownProviders } from './known-providers.ts';
import type { AttachmentsTaken, ProviderSettings } from './manifest.ts';

/**
 * What a provider can be sent beside text: as its entry says, else as is known of it. Most servers
 * that speak Chat Completions take images, few take PDFs; whether a model does is its own affair.
 */
export function attachmentsTaken(
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
