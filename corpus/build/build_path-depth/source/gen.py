import os

up = os.path.relpath("/", os.getcwd())
with open("out.txt", "w") as out:
    out.write(f"root = {up}\n")
