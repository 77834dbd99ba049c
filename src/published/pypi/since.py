"""Finds out since when the index has a version, by asking pip for it as of one moment after the other; writes that to `out/since`.

Arguments: pip's archive, and the version as `NAME==VERSION`.
"""

import datetime
import os
import subprocess
import sys

# Tools that are a day younger do no harm.
STEP = datetime.timedelta(days=1)
FIRST = datetime.datetime(2012, 1, 1)


def there(moment):
    words = ["download", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps", "--only-binary=:all:"]
    words += ["--dest", "scratch", "--uploaded-prior-to", moment.strftime("%Y-%m-%dT%H:%M:%SZ"), sys.argv[2]]
    return subprocess.call([sys.executable, sys.argv[1]] + words, stderr=subprocess.DEVNULL) == 0


low, high = FIRST, datetime.datetime.utcnow()
os.mkdir("out")
if not there(high) or there(low):
    sys.exit("the index does not say since when it has " + sys.argv[2])
while high - low > STEP:
    middle = low + (high - low) / 2
    if there(middle):
        high = middle
    else:
        low = middle
with open("out/since", "w") as file:
    file.write(str(int((high - datetime.datetime(1970, 1, 1)).total_seconds())))
