import zipfile

with open("data.txt", "w") as data:
    data.write("data\n")
with zipfile.ZipFile("out.zip", "w") as out:
    out.write("data.txt")
