#!/usr/bin/env bash
# Keeps one comment per manifest in the pull request up to date. It is found by the marker that it begins with.
set -euo pipefail
[ "$INPUT_COMMENT" = true ] && [ -n "$PULL_REQUEST" ] || exit 0
if [ "$IS_FORK" = true ]; then
  echo 'There is no comment: the token of a pull request from a fork may not write one.' >> "$GITHUB_STEP_SUMMARY"
  exit 0
fi
parts=()
for part in "$RUNNER_TEMP/volley-plan.md" "$RUNNER_TEMP/volley-report.md"; do
  [ -s "$part" ] && parts+=("$part")
done
[ ${#parts[@]} -gt 0 ] || exit 0

marker="<!-- volley $(printf '%s' "$INPUT_MANIFEST" | tr -c 'A-Za-z0-9._/\n' _) -->"
body=$RUNNER_TEMP/volley-comment.md
# GitHub takes 65,536 characters.
{
  echo "$marker"
  node "$GITHUB_ACTION_PATH/action/shorten.mjs" 60000 "${parts[@]}"
} > "$body"

comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments
filter=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id"
if ids=$(gh api --paginate "$comments" --jq "$filter"); then
  id=$(head -n 1 <<< "$ids")
  if [ -n "$id" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$body" > /dev/null && exit 0
  else
    gh api --method POST "$comments" -F "body=@$body" > /dev/null && exit 0
  fi
fi
echo 'The comment could not be written: the job needs `permissions: { pull-requests: write }`.' >> "$GITHUB_STEP_SUMMARY"
