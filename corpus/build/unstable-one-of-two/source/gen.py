import socket
import time

with open("host.txt", "w") as out:
    out.write(f"{socket.gethostname()}\n")
with open("time.txt", "w") as out:
    out.write(f"{time.perf_counter_ns()}\n")
