#!/usr/bin/env bash
# Checks the manifest and all that it names. Nothing is sent.
set -euo pipefail
exec node "$GITHUB_ACTION_PATH/dist/cli/bin.js" validate -- "$INPUT_MANIFEST"
