#!/usr/bin/env bash
# Installs and builds the version of Volley that this action belongs to, in its own checkout. Later steps have `volley`.
set -euo pipefail
echo "$GITHUB_ACTION_PATH/action/bin" >> "$GITHUB_PATH"
cd "$GITHUB_ACTION_PATH"
[ -f dist/cli/bin.js ] && exit 0
npm ci --ignore-scripts --no-audit --no-fund
node scripts/build.ts
