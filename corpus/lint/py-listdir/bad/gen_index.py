# places: 6
import glob
import os
from pathlib import Path

out = open("index.h", "w")
for f in os.listdir("src"):
    out.write(f)

names = [n for n in os.listdir("src") if n.endswith(".c")]
out.write("\n".join(names))

parts = []
for path in glob.glob("parts/*.txt"):
    parts.append(path)
out.writelines(parts)

for root, dirs, files in os.walk("data"):
    for f in sorted(files):
        out.write(os.path.join(root, f) + "\n")

text = ""
for p in Path("doc").iterdir():
    text += "#include \"%s\"\n" % p
out.write(text)

with os.scandir("more") as entries:
    pass
for e in os.scandir("more"):
    print(e.name, file=out)
