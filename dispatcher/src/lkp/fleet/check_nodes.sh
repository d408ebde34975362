result() {
  if test "$1" -eq 0; then lava-test-case "$2" --result pass; else lava-test-case "$2" --result "$3"; fi
}
tried() {
  name=$1; worse=$2; shift 2
  if "$@" > /dev/null 2>&1 < /dev/null; then result 0 "$name" "$worse"; return 0; else result 1 "$name" "$worse"; return 1; fi
}
limited() {
  if command -v timeout > /dev/null; then timeout 20 "$@"; else "$@"; fi
}
root=1 namespaces=1 ruby=1 engine=1
tried root fail test "$(id -u)" -eq 0 && root=0
tried namespaces skip unshare --mount --pid --fork true && namespaces=0
tried podman skip limited podman info && engine=0
tried docker skip limited docker info && engine=0
if test "$NEEDS_RUBY" = yes; then
  tried ruby skip ruby -e 'require "active_support"; require "git"; require "tty-command"' && ruby=0
else
  ruby=0
fi
bare=1
if test "$root$namespaces$ruby" = 000; then bare=0; fi
result $bare on-the-node skip
result $engine in-containers skip
either=1
if test "$root" = 0 && { test $bare -eq 0 || test $engine -eq 0; }; then either=0; fi
result $either can-run-lkp fail
