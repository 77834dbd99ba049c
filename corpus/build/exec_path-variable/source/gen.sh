printf '#!/bin/sh\nPATH=%s exec app\n' "$PATH" > wrapper
