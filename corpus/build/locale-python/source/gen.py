import locale

locale.setlocale(locale.LC_ALL, "")
words = ["zebra", "Eagle", "elk", "Ant", "aardvark"]
with open("index.txt", "w") as out:
    out.write("\n".join(sorted(words, key=locale.strxfrm)) + "\n")
