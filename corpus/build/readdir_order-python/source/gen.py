import os

with open("bundle.txt", "w") as out:
    for name in os.listdir("parts"):
        with open(f"parts/{name}") as part:
            out.write(part.read())
