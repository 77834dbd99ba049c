#!/bin/sh
SED=/usr/bin/sed
"$SED" -e s/a/b/ "$@"
exec /usr/bin/sed --version
