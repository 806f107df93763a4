import { describe, expect, it } from 'vitest';
import type { CacheMarks } from '../../src/prefix/cache-marks.ts';
import { anthropicDialect } from '../../src/providers/anthropic.ts';
import type { Dialect } from '../../src/providers/dialect.ts';
import { chatDialect } from '../../src/providers/openai-chat.ts';
import { responsesDialect } from '../../src/providers/openai-responses.ts';
import type { PromptRequest } from '../../src/plan/task.ts';
import { PLAIN, promptRequest } from './setup.ts';

const request = (model: string, more: Partial<PromptRequest> = {}): PromptRequest =>
  promptRequest({
    model: { provider: 'p', model },
    context: 'The rules.',
    system: 'Be brief.',
    prompt: 'Why?',
    ...more,
  });

const MARKS: CacheMarks = {
  breakpoints: [
    { after: 'context', lifetime: '1h' },
    { after: 'system', lifetime: undefined },
  ],
  key: 'k1',
};

function body(dialect: Dialect, sent: PromptRequest, marks?: CacheMarks) {
  const encoded = dialect.encode(sent, { ...PLAIN, marks });
  if (!encoded.ok) throw new Error(encoded.failure.message);
  return encoded.body;
}

describe('what should be cached', () => {
  it('is marked at the end of its parts in Anthropic’s API', () => {
    expect(body(anthropicDialect, request('claude-opus-5-5'), MARKS)).toMatchObject({
      system: [
        { type: 'text', text: 'The rules.', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
      ],
      messages: [{ role: 'user', content: 'Why?' }],
    });
  });

  it('may be a message or an attachment', () => {
    const sent = request('claude-opus-5-5', {
      earlier: [{ role: 'assistant', content: 'Ask me.' }],
      attachments: [
        {
          name: 'a.pdf',
          mediaType: 'application/pdf',
          base64: 'QQ==',
          bytes: 1,
          sha256: 'x',
          tokens: { low: 1, expected: 1, high: 1 },
        },
      ],
    });
    const marks: CacheMarks = {
      breakpoints: [
        { after: 'message 0', lifetime: undefined },
        { after: 'attachment 0', lifetime: undefined },
      ],
      key: 'k1',
    };
    expect(body(anthropicDialect, sent, marks)['messages']).toEqual([
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'Ask me.', cache_control: { type: 'ephemeral' } }],
      },
      {
        role: 'user',
        content: [
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'QQ==' },
            title: 'a.pdf',
            cache_control: { type: 'ephemeral' },
          },
          { type: 'text', text: 'Why?' },
        ],
      },
    ]);
    expect(
      body(responsesDialect, { ...sent, model: { provider: 'p', model: 'gpt-6.1' } }, marks),
    ).toMatchObject({
      input: [
        { role: 'developer' },
        {
          role: 'assistant',
          content: [{ type: 'output_text', prompt_cache_breakpoint: { mode: 'explicit' } }],
        },
        {
          content: [
            { type: 'input_file', prompt_cache_breakpoint: { mode: 'explicit' } },
            { type: 'input_text', text: 'Why?' },
          ],
        },
      ],
    });
  });

  it('may be the head of the prompt, which is then a separate part', () => {
    const sent = request('claude-opus-5-5', { prompt: 'Judge:\nthis', headLength: 7 });
    const marks: CacheMarks = {
      breakpoints: [{ after: 'prompt', lifetime: undefined }],
      key: 'k1',
    };
    const bare = { role: 'user', content: 'Judge:\nthis' };
    expect(body(anthropicDialect, sent, MARKS)['messages']).toEqual([bare]);
    expect(body(anthropicDialect, sent, marks)['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Judge:\n', cache_control: { type: 'ephemeral' } },
          { type: 'text', text: 'this' },
        ],
      },
    ]);
    const whole = { ...sent, model: { provider: 'p', model: 'gpt-6.1' }, headLength: 11 };
    const mark = { prompt_cache_breakpoint: { mode: 'explicit' } };
    expect(body(responsesDialect, whole, marks)['input']).toContainEqual({
      role: 'user',
      content: [{ type: 'input_text', text: 'Judge:\nthis', ...mark }],
    });
  });

  it('is in a message for OpenAI’s latest models, whose instructions cannot be marked', () => {
    const twelve: CacheMarks = { breakpoints: [{ after: 'context', lifetime: '12h' }], key: 'k1' };
    const marked = body(responsesDialect, request('gpt-5.6-mini'), twelve);
    expect(marked).toEqual({
      model: 'gpt-5.6-mini',
      input: [
        {
          role: 'developer',
          content: [
            {
              type: 'input_text',
              text: 'The rules.',
              prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' },
            },
            { type: 'input_text', text: 'Be brief.' },
          ],
        },
        { role: 'user', content: 'Why?' },
      ],
      prompt_cache_options: { mode: 'explicit' },
      prompt_cache_key: 'volley-k1',
      store: false,
    });
    expect(body(chatDialect, request('gpt-6.1-sol'), twelve)).toMatchObject({
      messages: [
        {
          role: 'system',
          content: [
            { text: 'The rules.', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
            { text: 'Be brief.' },
          ],
        },
        { role: 'user', content: 'Why?' },
      ],
      prompt_cache_options: { mode: 'explicit' },
    });
  });

  it.each([
    ['gpt-5.6', true],
    ['gpt-5.10-mini', true],
    ['gpt-6', true],
    ['gpt-6.1-sol', true],
    ['gpt-5.5', false],
    ['gpt-5', false],
    ['gpt-5-mini', false],
    ['gpt-4.1', false],
    ['gpt-oss-120b', false],
    ['openai/gpt-6.1-sol', false],
  ])('costs nothing for `%s` if nothing is marked', (model, isTold) => {
    for (const dialect of [responsesDialect, chatDialect]) {
      const sent = body(dialect, request(model));
      expect(sent['prompt_cache_options']).toEqual(isTold ? { mode: 'explicit' } : undefined);
      expect(JSON.stringify(sent)).not.toMatch(/breakpoint|cache_control|cache_key/);
    }
  });

  it('is marked for Claude in Chat Completions as Anthropic requires', () => {
    expect(body(chatDialect, request('anthropic/claude-opus-5-5'), MARKS)['messages']).toEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 'The rules.', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
        ],
      },
      { role: 'user', content: 'Why?' },
    ]);
  });

  it('is left to `params` that control it', () => {
    const parameters = { params: { prompt_cache_options: { mode: 'implicit' } } };
    expect(body(responsesDialect, request('gpt-6.1-sol', { parameters }))).toMatchObject({
      prompt_cache_options: { mode: 'implicit' },
      instructions: 'The rules.\n\nBe brief.',
    });
  });

  it('is not marked again for a server that rejects it', () => {
    const form = { ...PLAIN.form, marksCache: false };
    const encoded = responsesDialect.encode(request('gpt-6.1-sol'), { ...PLAIN, form });
    expect(JSON.stringify(encoded)).not.toMatch(/prompt_cache/);
  });
});
