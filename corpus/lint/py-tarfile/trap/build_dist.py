import io
import tarfile

# t.add("dir")
tarfile.open("a.tar").extractall(filter="data")
with tarfile.open("b.tar", "r:gz") as t:
    t.getmembers()
seen = set()
seen.add("x")
out = tarfile.open("c.tar", "w")
info = tarfile.TarInfo("n")
out.addfile(info, io.BytesIO(b""))
