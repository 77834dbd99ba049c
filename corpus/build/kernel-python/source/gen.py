import platform

with open("out.txt", "w") as out:
    out.write(f"kernel {platform.release()}\n")
