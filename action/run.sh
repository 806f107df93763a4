#!/usr/bin/env bash
# Sends what is new or changed. A pull request from a fork gets no secrets, and its manifest is a stranger's: it is
# planned, but not run.
set -euo pipefail
[ "$INPUT_COMMAND" = run ] || exit 0
if [ "$IS_FORK" = true ]; then
  echo 'This pull request comes from a fork and gets no secrets: its manifest was validated and planned, but not run.' \
    >> "$GITHUB_STEP_SUMMARY"
  exit 0
fi
summary=$RUNNER_TEMP/volley-summary.json
flags=("--output=$INPUT_RESULTS" "--summary-file=$summary")
[ -e "$INPUT_RESULTS" ] && flags+=(--resume)
against=${INPUT_AGAINST:-${BASE_REF:+origin/$BASE_REF}}
[ -n "$against" ] && flags+=("--against=$against")
[ -n "$INPUT_MAX_COST_USD" ] && flags+=("--max-cost-usd=$INPUT_MAX_COST_USD")
[ -n "$INPUT_RESPONSE_CACHE" ] && flags+=("--response-cache=$INPUT_RESPONSE_CACHE")

# A canceled job signals this script alone.
node "$GITHUB_ACTION_PATH/dist/cli/bin.js" run "${flags[@]}" -- "$INPUT_MANIFEST" &
volley=$!
trap 'kill -INT "$volley"' INT
trap 'kill -TERM "$volley"' TERM
code=0
while :; do
  if wait "$volley"; then code=0; else code=$?; fi
  kill -0 "$volley" 2> /dev/null || break
done

if [ -s "$summary" ]; then
  node "$GITHUB_ACTION_PATH/action/outputs.mjs" run "$summary" >> "$GITHUB_OUTPUT"
fi
if [ -s "$INPUT_RESULTS" ]; then
  echo "results=$INPUT_RESULTS" >> "$GITHUB_OUTPUT"
  node "$GITHUB_ACTION_PATH/dist/cli/bin.js" report --markdown "$RUNNER_TEMP/volley-report.md" -- "$INPUT_RESULTS"
fi
exit "$code"
