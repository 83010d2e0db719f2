#!/bin/sh
# Biome (layout, style, which feature may import what) and the type checker,
# on the page and on its journeys.
set -eu
cd "$(dirname "$0")/../../frontend"
PATH="$PWD/node_modules/.bin:$PATH"
proof=$(mktemp -d)
trap 'rm -rf "$proof"' EXIT
echo 'export const wrong: number = "text"' >"$proof/wrong.ts"
cp biome.json "$proof"
if (cd "$proof" && biome ci . >/dev/null 2>&1); then
    echo "Biome did not notice a missing semicolon"
    exit 1
fi
if tsc --noEmit --ignoreConfig "$proof/wrong.ts" >/dev/null 2>&1; then
    echo "tsc did not notice a wrong type"
    exit 1
fi
for folder in . ../tests/browser; do
    cd "$folder"
    biome ci --colors=off .
    tsc --noEmit --pretty false
done
