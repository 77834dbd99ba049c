import os

with open("out.txt", "w") as out:
    out.write(f"shell = {os.environ['SHELL']}\n")
