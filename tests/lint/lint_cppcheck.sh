#!/bin/sh
# cppcheck over the C code; what it finds is an error.
set -eu
cd "$(dirname "$0")/../.."
check() {
    cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -j 2 \
        --enable=warning,performance,portability \
        --suppress=missingIncludeSystem --suppress=unknownMacro \
        --suppress=preprocessorErrorDirective \
        --suppress=internalAstError -I fcgi-app/src "$@" 2>&1
}
bad=$(mktemp --suffix=.c)
trap 'rm -f "$bad"' EXIT
echo 'int f(void) { int a[2]; a[2] = 1; return a[2]; }' >"$bad"
if check "$bad" >/dev/null; then
    echo "cppcheck did not notice a write beyond an array"
    exit 1
fi
check fcgi-app/src
