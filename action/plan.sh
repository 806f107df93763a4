#!/usr/bin/env bash
# Says what a run would change, cost and take. Nothing is sent and no key is needed.
set -euo pipefail
[ "$INPUT_COMMAND" = validate ] && exit 0
flags=(--json --markdown "$RUNNER_TEMP/volley-plan.md")
against=${INPUT_AGAINST:-${BASE_REF:+origin/$BASE_REF}}
[ -n "$against" ] && flags+=("--against=$against")
[ -n "$INPUT_MAX_COST_USD" ] && flags+=("--max-cost-usd=$INPUT_MAX_COST_USD")
[ -n "$INPUT_RESPONSE_CACHE" ] && flags+=("--response-cache=$INPUT_RESPONSE_CACHE")
code=0
node "$GITHUB_ACTION_PATH/dist/cli/bin.js" plan "${flags[@]}" -- "$INPUT_MANIFEST" \
  > "$RUNNER_TEMP/volley-plan.json" || code=$?
[ -s "$RUNNER_TEMP/volley-plan.json" ] &&
  node "$GITHUB_ACTION_PATH/action/outputs.mjs" plan "$RUNNER_TEMP/volley-plan.json" >> "$GITHUB_OUTPUT"
exit "$code"
