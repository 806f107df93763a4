import { expect, test } from 'vitest';
import { badLine } from '../../src/cli/keys-file.ts';

test.each([
  ['A_KEY=abc\n'],
  ['# ours\n\nexport A_KEY="a b" # c\r\nB.KEY = \'x\'\nEMPTY=\n'],
  ['A_KEY="-----BEGIN\nabc: def\n-----END"\nB=1\n'],
  ["A_KEY='one\ntwo'\n"],
  ['A_KEY=`one\ntwo` # c\n'],
  ['A_KEY="never closed\nB=1\n'],
  [''],
])('accepts %j as a keys file', (text) => {
  expect(badLine(text)).toBe(undefined);
});

test.each([
  ['ANTHROPIC_API_KEY: abc\n', { line: 1, name: 'ANTHROPIC_API_KEY' }],
  ['# ours\nA_KEY=1\nB_KEY abc\n', { line: 3, name: 'B_KEY' }],
  ['A="x\ny"\nsk-secret\n', { line: 3, name: undefined }],
  ['=abc\n', { line: 1, name: undefined }],
  ['export A_KEY\n', { line: 1, name: undefined }],
  ['{"A_KEY": "abc"}\n', { line: 1, name: undefined }],
])('refuses %j as a keys file', (text, expected) => {
  expect(badLine(text)).toEqual(expected);
});
