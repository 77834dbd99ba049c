import os

with open("out.txt", "w") as out:
    out.write(f"workers = {os.cpu_count()}\n")
