import sys

# for x in set(names): print(x)
d = {"a": 1, "b": 2}
for k in d:
    print(k)
x = "a"
if x in {"a", "b"}:
    pass
for i in {1, 2, 3}:
    print(i)
print(len(set(sys.argv)), min({"a", "b"}), max(set(sys.argv)))
seen = set()
for n in sys.argv:
    if n in seen:
        continue
    seen.add(n)
    print(n)
extra = set(sys.argv) - {"x", "y"}
if extra:
    raise ValueError("unknown: %s" % ", ".join(extra))
found = list(set(sys.argv))
found.sort()
for f in found:
    print(f)
text = "for x in {1, 'a'}: print(x)"
lists = {}
for own in set(lists.values()):
    own.append(1)
