# places: 4
import sys

names = sys.argv[1:]
for x in set(names):
    print(x)
print(", ".join({"a", "b"}))
unique = {n.lower() for n in names}
for n in unique:
    print("#define %s" % n)
print(list(set(names) - set(["x"])))
