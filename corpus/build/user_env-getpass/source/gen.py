import getpass

with open("out.txt", "w") as out:
    out.write(f"built by {getpass.getuser()}\n")
