#!/usr/bin/env node
// No static imports and no new syntax here: an old Node should print a sentence, not a stack trace.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(
    `volley needs Node 22.13 or newer; this is Node ${process.versions.node}\n  hint: install Node from https://nodejs.org, or with your version manager\n`,
  );
  process.exitCode = 2;
} else {
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
  const { endUnlessIdle } = await import('../ports/system-exit.ts');
  await endUnlessIdle();
}
