#!/bin/sh
# ansible-lint over ansible/, profile production, with Debian's collections.
set -eu
cd "$(dirname "$0")/../../ansible"
PATH=$PWD/../build/venv/bin:$PATH
ANSIBLE_COLLECTIONS_PATH=/usr/lib/python3/dist-packages
folder=$(mktemp -d)
ANSIBLE_HOME=$folder/home
export PATH ANSIBLE_COLLECTIONS_PATH ANSIBLE_HOME
trap 'rm -rf "$folder"' EXIT

lint() { ansible-lint --offline --nocolor --profile production "$@" 2>&1; }

cat >"$folder/wrong.yml" <<'WRONG'
- hosts: all
  tasks:
    - shell: echo wrong
WRONG
if lint "$folder/wrong.yml" >/dev/null; then
    echo "ansible-lint did not notice what is wrong in a playbook"
    exit 1
fi
lint >"$folder/said" || {
    cat "$folder/said"
    exit 1
}
