#!/bin/sh
SED=/bin/sed
"$SED" -e s/a/b/ "$@"
exec /bin/sed --version
