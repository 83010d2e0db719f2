#!/bin/sh
# Checks every tracked shell script with shellcheck.
set -eu
cd "$(dirname "$0")/../.."
# Unquoted on purpose.
# shellcheck disable=SC2016
if printf '#!/bin/sh\necho $1\n' | shellcheck - >/dev/null; then
    echo "shellcheck did not notice an unquoted variable"
    exit 1
fi
scripts=$(git ls-files -co --exclude-standard | while read -r file; do
    if head -n 1 "$file" 2>/dev/null | grep -q '^#!/bin/\(ba\)\?sh'; then
        echo "$file"
    fi
done)
# A list of names.
# shellcheck disable=SC2086
shellcheck -S warning $scripts
