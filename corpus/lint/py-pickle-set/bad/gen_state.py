# places: 3
import json
import os
import pickle

f = open("s.json", "w")
json.dump(list({"a", "b"}), f)
data = pickle.dumps(set(os.listdir(".")))
json.dump(dict(os.environ), f)
