import os

for f in os.listdir("src"):
    out.write(f)
