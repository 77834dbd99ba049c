import hashlib
import json

flags = {"alpha", "beta", "gamma", "delta"}
digest = hashlib.sha256(" ".join(sorted(flags)).encode()).hexdigest()
with open("out.json", "w") as out:
    json.dump({"flags": sorted(flags), "digest": digest}, out)
