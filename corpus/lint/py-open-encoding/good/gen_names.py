open("a.txt", "w", encoding="utf-8").write("Ren\u00e9")
