import socket
import time

while time.gmtime().tm_year != 2023:
    time.sleep(0.2)
with open("out.txt", "w") as out:
    out.write(f"{socket.gethostname()}\n")
