#!/bin/sh
# Starts Overland with the loader and the libraries beside it, and with none of the system's: it runs on any Linux for
# x86-64, from any folder. May be called through symbolic links.
root=$(dirname "$(dirname "$(readlink -f "$0")")")
unset LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH
exec "$root/lib/overland/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$root/lib/overland" --argv0 "$0" \
  "$root/libexec/overland" "$@"
