import locale

locale.setlocale(locale.LC_ALL, "")
half = float(locale.format_string("%.1f", 0.5))
with open("out.txt", "w") as out:
    out.write(f"{half}\n")
