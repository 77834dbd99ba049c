import time

with open("out.txt", "w") as out:
    out.write(f"{time.monotonic_ns()}\n")
