#!/usr/bin/env bash
# Checks the manifest and all that it names. Nothing is sent.
set -euo pipefail
# An earlier use of the action in this job left its own.
rm -f "$RUNNER_TEMP"/volley-{plan,report}.md "$RUNNER_TEMP"/volley-{plan,summary}.json
exec node "$GITHUB_ACTION_PATH/dist/cli/bin.js" validate -- "$INPUT_MANIFEST"
