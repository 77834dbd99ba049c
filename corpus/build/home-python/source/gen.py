import os.path

with open("out.txt", "w") as out:
    out.write(f"config = {os.path.expanduser('~/.config/app')}\n")
