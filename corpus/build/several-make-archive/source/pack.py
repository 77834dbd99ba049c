import os
import shutil

os.mkdir("stage")
with open("stage/data.txt", "w") as data:
    data.write("data\n")
shutil.make_archive("out", "gztar", "stage")
