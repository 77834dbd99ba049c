import zipfile

# z.write("path")
zipfile.ZipFile("a.zip").namelist()
with zipfile.ZipFile("a.zip", "r") as z:
    z.read("n")
out = open("x", "w")
out.write("text")
archive = zipfile.ZipFile("b.zip", "w")
info = zipfile.ZipInfo("n")
archive.writestr(info, "data")
