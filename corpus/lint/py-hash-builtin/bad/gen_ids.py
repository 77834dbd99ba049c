# places: 4
key = "x"
name = "v%d" % (hash(key) % 1000)
label = f"id_{hash(key):x}"
other = "o" + str(id(key))
names = sorted(["a", "b"], key=hash)
