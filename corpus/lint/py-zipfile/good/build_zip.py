import zipfile

z = zipfile.ZipFile("a.zip", "w")
z.writestr(zipfile.ZipInfo("n", (1980, 1, 1, 0, 0, 0)), "data")
