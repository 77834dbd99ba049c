import tempfile

with open("out.txt", "w") as out:
    out.write(f"scratch = {tempfile.gettempdir()}\n")
