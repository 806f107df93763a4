/** For SDKs that would otherwise write to stdout and stderr, prompts included. */
export const silentLogger = {
  error: silence,
  warn: silence,
  info: silence,
  debug: silence,
};

function silence(): void {}
