# places: 2
open("a.txt", "w").write("Ren\u00e9")
with open("b.txt", "w") as out:
    out.write("Zoë")
