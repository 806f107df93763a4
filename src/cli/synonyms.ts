/** Other tools' names for our commands. */
export const COMMAND_SYNONYMS = inverted({
  validate: 'check lint test',
  run: 'start exec eval',
  'run … --resume': 'resume',
  'run … --retry-failed': 'retry',
  plan: 'estimate cost price dry-run',
  ask: 'prompt chat',
  init: 'new create',
  report: 'view summary',
  export: 'convert',
  diff: 'compare',
  prune: 'clean',
  completion: 'completions',
});

/** Other tools' flags for the manifest. */
export const MANIFEST_FLAGS: ReadonlySet<string> = new Set(
  'config manifest file input c f'.split(' '),
);

/**
 * Other tools' names for our flags. If one has several meanings, it stands for the first flag that
 * the command has.
 */
export const FLAG_SYNONYMS = inverted({
  'max-concurrent': 'concurrency parallel jobs workers threads',
  'keys-file': 'api-key key env env-file',
  'dry-run': 'dry list',
  first: 'n limit',
  only: 'filter',
  'output-format': 'format',
  json: 'format',
  output: 'out output-file',
  to: 'output-file output o',
  debug: 'verbose v',
  explain: 'verbose v',
  progress: 'verbose v',
  'max-retries': 'retries',
  'max-cost-usd': 'budget max-cost',
  set: 'var',
  overwrite: 'force',
  resume: 'continue',
  quiet: 'silent',
  graph: 'list',
});

/** The meanings of each word. */
function inverted(table: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const meanings = Object.entries(table).flatMap(([meaning, words]) =>
    words.split(' ').map((word) => [word, meaning] as const),
  );
  const grouped = Map.groupBy(meanings, ([word]) => word);
  return new Map([...grouped].map(([word, found]) => [word, found.map(([, meaning]) => meaning)]));
}
