#!/bin/sh
# Biome (layout, style, which feature may import what) and the type checker.
set -eu
cd "$(dirname "$0")/../../frontend"
proof=$(mktemp -d)
trap 'rm -rf "$proof"' EXIT
echo 'export const wrong: number = "text"' >"$proof/wrong.ts"
cp biome.json "$proof"
if (cd "$proof" && "$OLDPWD/node_modules/.bin/biome" ci . >/dev/null 2>&1); then
    echo "Biome did not notice a missing semicolon"
    exit 1
fi
if npx tsc --noEmit --ignoreConfig "$proof/wrong.ts" >/dev/null 2>&1; then
    echo "tsc did not notice a wrong type"
    exit 1
fi
npx biome ci --colors=off .
npx tsc --noEmit --pretty false
