import glob
import os

out = open("index.h", "w")
for f in sorted(os.listdir("src")):
    out.write(f)
parts = []
for path in glob.glob("parts/*.txt"):
    parts.append(path)
parts.sort()
out.writelines(parts)
for root, dirs, files in os.walk("data"):
    dirs.sort()
    for f in sorted(files):
        out.write(os.path.join(root, f) + "\n")
