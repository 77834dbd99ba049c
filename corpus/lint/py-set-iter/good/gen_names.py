import sys

names = sys.argv[1:]
for x in sorted(set(names)):
    print(x)
print(", ".join(sorted({"a", "b"})))
