class Pair:
    def __hash__(self):
        return hash((self.a, self.b))

    def __repr__(self):
        return "<Pair %x>" % id(self)


# name = "v%d" % hash(key)
if hash("a") == hash("b"):
    pass
seen = {}
seen[id(seen)] = True
print("object at %x" % id(seen), file=__import__("sys").stderr)
text = "hash(%s)" % "key"
