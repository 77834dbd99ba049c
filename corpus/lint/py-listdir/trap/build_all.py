import glob
import os
import shutil
from pathlib import Path

# for f in os.listdir("src"): out.write(f)
text = "for f in os.listdir('src'): out.write(f)"
if "a" in os.listdir("."):
    pass
names = os.listdir(".")
names.sort()
open("names", "w").write("\n".join(names))
n = len(os.listdir("src"))
if not any(f.endswith(".c") for f in os.listdir("src")):
    raise SystemExit("no source: %s" % os.listdir("src"))
kinds = set(os.listdir("kinds"))
for f in glob.glob("build/*.o"):
    os.unlink(f)
for f in os.listdir("out"):
    print("found", f)
    shutil.copy(os.path.join("out", f), "dist")
for root, dirs, files in os.walk("old"):
    for d in dirs:
        shutil.rmtree(os.path.join(root, d))
total = 0
for f in os.listdir("src"):
    total += os.path.getsize(f)
open("total", "w").write(str(total))
# Each file gets its own output.
for f in Path("src").iterdir():
    with open(f.name + ".out", "w") as out:
        out.write(f.name)
for f in os.listdir("src"):
    open(f + ".stamp", "w").write(f)
wheel = glob.glob("dist/*.whl")[0]
