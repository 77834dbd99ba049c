import os

with open("app", "w") as app:
    app.write("#!/bin/sh\n")
with open("manifest.txt", "w") as out:
    out.write(f"{os.stat('app').st_mode & 0o777:o} app\n")
