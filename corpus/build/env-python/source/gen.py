import json
import os

with open("buildinfo.json", "w") as out:
    json.dump(dict(os.environ), out, indent=1, sort_keys=True)
