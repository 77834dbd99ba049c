import json

f = open("s.json", "w")
json.dump({"a": 1}, f)
# json.dump(list({"a", "b"}), f)
json.dump(sorted(set("ab")), f)
text = "json.dump(set(x), f)"
