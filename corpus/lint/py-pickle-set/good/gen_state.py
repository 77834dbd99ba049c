import json

json.dump(sorted({"a", "b"}), open("s.json", "w"))
