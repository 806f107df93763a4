/** The files named by manifests in fixtures/slips.md. */
export const slipFiles: Readonly<Record<string, string | Uint8Array>> = {
  'prompts/a.md': 'Dear {{ vars.nam }},\nbye\n',
  'schemas/broken.json':
    '{\n  "type": "object",\n  "properties": { "a": { "type": "string", "maxLength": -1 } }\n}\n',
  'prompts/bin.md': new Uint8Array([0x41, 0x0a, 0x42, 0x89]),
};
