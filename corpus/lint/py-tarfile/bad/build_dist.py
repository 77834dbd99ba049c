# places: 4
import shutil
import tarfile

t = tarfile.open("a.tar.gz", "w:gz")
t.add("dir")
with tarfile.open("b.tar", mode="w") as tar:
    tar.add("x", arcname="y")
tarfile.open("c.tar", "w").add("z")
shutil.make_archive("d", "zip", "dir")
