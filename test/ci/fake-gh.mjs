#!/usr/bin/env node
// Replaces `gh api` for the comments of one pull request. Stores them in the file $FAKE_GH.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const file = process.env.FAKE_GH;
const comments = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const [command, ...args] = process.argv.slice(2);
const flag = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const path = args.find((arg) => arg.startsWith('repos/'));
if (
  command !== 'api' ||
  !process.env.GH_TOKEN ||
  !/^repos\/o\/r\/issues\/(7\/)?comments/.test(path)
) {
  process.stderr.write(`fake gh: ${process.argv.slice(2).join(' ')}\n`);
  process.exit(1);
}
const field = flag('-F');
const body = field === undefined ? undefined : readFileSync(field.replace(/^body=@/, ''), 'utf8');
switch (flag('--method') ?? 'GET') {
  case 'POST':
    comments.push({ id: 100 + comments.length, user: { type: 'Bot' }, body, edits: 0 });
    break;
  case 'PATCH': {
    const comment = comments.find(({ id }) => path.endsWith(`/comments/${id}`));
    comment.body = body;
    comment.edits += 1;
    break;
  }
  default: {
    const [, start] = /startswith\("(.*?)"\)/.exec(flag('--jq'));
    const found = comments.filter(
      ({ user, body }) => user.type === 'Bot' && body.startsWith(start),
    );
    for (const { id } of found) process.stdout.write(`${id}\n`);
  }
}
writeFileSync(file, JSON.stringify(comments));
