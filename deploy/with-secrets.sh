#!/bin/sh
# Starts a program with the secrets it may see: with-secrets PROGRAM [ARGUMENT...]
#
# Each file in /run/secrets (or $SECRETS) whose name is that of a variable becomes that variable, for the
# program alone: nothing stands in an image, on a command line or in what `docker inspect` prints.
set -eu
for file in "${SECRETS:-/run/secrets}"/[A-Z]*; do
    [ -f "$file" ] || continue
    export "${file##*/}=$(cat "$file")"
done
unset file
exec "$@"
