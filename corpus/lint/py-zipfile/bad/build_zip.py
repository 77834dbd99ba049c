# places: 3
import zipfile
from zipfile import ZipFile

z = zipfile.ZipFile("a.zip", "w")
z.writestr("n", "data")
z.write("path")
with ZipFile("b.zip", "w", compression=zipfile.ZIP_DEFLATED) as other:
    other.writestr(f"{z}.txt", "x")
